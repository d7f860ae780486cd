import { resolve } from 'node:path';

import { publishResultSchema } from '#contract/models/release.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { bytesText, counted, described, findingLines } from '../format.ts';
import { runJob } from '../run-job.ts';
import { openSession } from '../session.ts';

export async function runPublish(
  { arguments: [source], options }: ParsedCommand<'publish'>,
  context: CommandContext,
): Promise<number> {
  await using session = await openSession(context);
  const { version, bump, channel, notes, key, format } = options;
  const start = () =>
    session.api.releases.publish({
      appId: options.app,
      source: { kind: 'path', path: resolve(source) },
      ...(version === undefined ? {} : { version }),
      ...(bump === undefined ? {} : { bump }),
      ...(channel === undefined ? {} : { channel }),
      ...(notes === undefined ? {} : { notes }),
      ...(key === undefined ? {} : { key }),
      ...(format === undefined ? {} : { format }),
      allowKeyMismatch: options.force,
      delta: !options['no-delta'],
      allowWarnings: options['allow-warnings'],
    });
  const published = publishResultSchema.parse(await runJob(session, start, context));
  const { output } = context;
  const findings = described(published.findings);
  output.json({ ...published, findings });
  for (const line of findingLines(findings)) output.text(line);
  output.text(`Published ${published.version} of ${published.appId} to ${published.channel}.`);
  if (published.keyId !== undefined) output.text(`Encrypted with key ${published.keyId}.`);
  if (published.delta) {
    output.text(
      `${counted(published.delta.files, 'file')} can be fetched one by one, ${bytesText(published.delta.bytes)} together.`,
    );
  }
  output.text(`${bytesText(published.size)}, checksum ${published.checksum}`);
  return 0;
}
