import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sampleResultSchema } from '#contract/models/job.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { runJob } from '../run-job.ts';
import { withSession } from '../session.ts';

/** In a data folder of its own that is gone at the end: nothing of the user's is touched, no running host is used. */
export async function runDemo(_: ParsedCommand<'demo'>, context: CommandContext): Promise<number> {
  await using ends = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-demo-'));
  ends.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const result = await withSession({ ...context, dataDir }, (session) =>
    runJob(session, () => session.api.sample.run({}), context),
  );
  const sample = sampleResultSchema.parse(result);
  const { output } = context;
  output.json(sample);
  const width = Math.max(...sample.steps.map(({ step }) => step.length));
  for (const { step, detail, ms } of sample.steps) {
    output.text(`${step.padEnd(width)}  ${String(Math.round(ms)).padStart(6)} ms  ${detail}`);
  }
  output.text(`The virtual device ${sample.deviceId} runs ${sample.version} of ${sample.appId}.`);
  return 0;
}
