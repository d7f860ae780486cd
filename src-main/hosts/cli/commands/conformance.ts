import { runConformance } from '#core/conformance/run-conformance.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { printable } from '../format.ts';
import { checkServerUrls } from '../server-urls.ts';

/** Needs no data folder. Exit code 1 if any check failed. */
export async function runConformanceCommand(
  { options }: ParsedCommand<'conformance'>,
  { output, signal }: CommandContext,
): Promise<number> {
  checkServerUrls(options, 'See `slipway conformance --help`.');
  output.note('Asking the server; this takes a few seconds.');
  const report = await runConformance(
    {
      updateUrl: options['update-url'],
      statsUrl: options['stats-url'],
      channelUrl: options['channel-url'],
      appId: options['app-id'],
      nativeVersion: options['native-version'] ?? '1.0.0',
      isReadOnly: options['read-only'],
    },
    { signal },
  );
  output.json(report);
  for (const { id, title, status, detail } of report.checks) {
    output.text(`${status.padEnd(7)}  ${id.padEnd(5)}  ${title}`);
    if (status !== 'ok') output.text(`                ${printable(detail)}`);
  }
  const count = (status: string): number => report.checks.filter((check) => check.status === status).length;
  output.text(`${count('ok')} hold, ${count('failed')} do not, ${count('skipped')} could not be seen.`);
  return report.ok ? 0 : 1;
}
