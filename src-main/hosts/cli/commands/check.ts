import { resolve } from 'node:path';

import { inspectionSchema, type Inspection } from '#contract/models/finding.ts';
import { inspectBuild } from '#core/builds/inspect-build.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, described, findingLines } from '../format.ts';
import { createProgressBar } from '../progress-bar.ts';
import { runJob } from '../run-job.ts';
import { findRunningHost } from '../running-host.ts';

/** Exit code 1 if any finding is an error. */
export async function runCheck(
  { arguments: [source] }: ParsedCommand<'check'>,
  context: CommandContext,
): Promise<number> {
  const { isPublishable, findings, summary } = await inspect(resolve(source), context);
  const { output } = context;
  const shown = described(findings);
  output.json({
    ok: isPublishable,
    findings: shown,
    summary: { files: summary.files, bytes: summary.bytes, root: summary.root, leftOut: summary.leftOut },
  });
  for (const line of findingLines(shown)) output.text(line);
  const size = `${counted(summary.files, 'file')}, ${bytesText(summary.bytes)}`;
  output.text(isPublishable ? `Ready to publish: ${size}.` : `Would not work on a device: ${size}.`);
  return isPublishable ? 0 : 1;
}

/** Needs no data folder: in this very program, unless a host runs, which then remembers the build as a recent one. */
async function inspect(path: string, context: CommandContext): Promise<Inspection> {
  await using session = await findRunningHost(context);
  if (session) {
    const start = () => session.api.builds.inspect({ source: { kind: 'path', path } });
    return inspectionSchema.parse(await runJob(session, start, context));
  }
  using bar = createProgressBar(context.streams);
  return await inspectBuild(path, {
    signal: context.signal,
    report: ({ done, total, unit }) =>
      bar.update({ progress: total > 0 ? done / total : 0, label: 'inspect', done, total, unit }),
  });
}
