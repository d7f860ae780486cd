import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import type { Explanation } from '#contract/models/device.ts';
import { AppError, reasonOf, systemErrorCode } from '#core/app-error.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { printable, table } from '../format.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export async function runExplain({ options }: ParsedCommand<'explain'>, context: CommandContext): Promise<number> {
  const { app: appId, device: deviceId, request: source } = options;
  printExplanation(await explain(), context.output);
  return 0;

  async function explain(): Promise<Explanation> {
    if (deviceId !== undefined) {
      return await withSession(context, ({ api }) => api.devices.explain({ appId, deviceId }));
    }
    if (source === undefined) {
      throw new UsageError('--device or --request is missing.', 'See `slipway explain --help`.');
    }
    const request = await readRequest(source);
    return await withSession(context, ({ api }) => api.devices.explain({ appId, request }));
  }
}

export function printExplanation(explained: Explanation, output: CommandContext['output']): void {
  const { response, ...rest } = explained;
  output.json({ response: response.body, status: response.status, ...rest });
  output.text(printable(`${explained.summary}.`));
  output.text(printable(JSON.stringify(response.body)));
  output.text(`\n${table(['', 'RULE', 'WHAT'], explained.trace.map(cellsOf))}`);
  const remedy = explained.trace.find((step) => step.remedy !== undefined)?.remedy;
  if (remedy !== undefined) output.text(`\nWhat to change: ${printable(remedy)}`);
}

/** Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `REQUEST_NOT_JSON`. */
async function readRequest(source: string): Promise<unknown> {
  const path = source === '-' ? 'stdin' : source;
  try {
    const content = source === '-' ? await text(process.stdin) : await readFile(source, 'utf8');
    return JSON.parse(content) as unknown;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new AppError('SOURCE_NOT_FOUND', { path }, { cause: error });
    if (error instanceof SyntaxError) throw new AppError('REQUEST_NOT_JSON', { path }, { cause: error });
    throw new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}

function cellsOf({ rule, outcome, detail }: Explanation['trace'][number]): string[] {
  return [outcome === 'stop' ? 'STOP' : outcome, rule, detail];
}
