import { resolve } from 'node:path';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { printable } from '../format.ts';
import { withSession } from '../session.ts';

/** Exit code 0 also when a check finds an error: looking is what was asked, and that worked. `ok` tells. */
export async function runDoctor(
  { options: { project } }: ParsedCommand<'doctor'>,
  context: CommandContext,
): Promise<number> {
  const input = project === undefined ? {} : { projectDir: resolve(project) };
  const result = await withSession(context, ({ api }) => api.server.doctor(input));
  const { output } = context;
  output.json(result);
  for (const { status, message, fix } of result.checks) {
    output.text(`${status.padEnd(7)}  ${printable(message)}`);
    if (fix !== undefined) output.text(`         ${printable(fix)}`);
  }
  output.text(result.ok ? 'No errors.' : 'There are errors.');
  return 0;
}
