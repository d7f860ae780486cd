import type { ActivityDetail } from '#contract/models/activity.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { followEvents } from '../follow-events.ts';
import { printable, table } from '../format.ts';
import { withSession } from '../session.ts';
import { untilStopped } from '../until-stopped.ts';

const DEFAULT_LIMIT = 200;

export async function runEvents({ options }: ParsedCommand<'events'>, context: CommandContext): Promise<number> {
  const { app: appId, device: deviceId, limit = DEFAULT_LIMIT } = options;
  const query = { appId, ...(deviceId === undefined ? {} : { deviceId }) };
  const { output } = context;
  if (options.follow) {
    const onRow = (row: ActivityDetail): void => {
      output.json(row);
      output.text(rowText(row));
    };
    return await untilStopped(context.signal, () => followEvents({ query, limit, context, onRow }));
  }
  const rows = await withSession(context, async ({ api }) => {
    await api.apps.get({ appId });
    return await api.activity.export({ ...query, limit });
  });
  output.json(rows);
  if (rows.length === 0) output.text('Nothing yet.');
  else output.text(table(['AT', 'KIND', 'DEVICE', 'WHAT'], rows.map(cellsOf)));
  return 0;
}

function cellsOf(row: ActivityDetail): (string | null)[] {
  return [row.at, row.kind, row.deviceId, row.summary];
}

function rowText(row: ActivityDetail): string {
  return cellsOf(row)
    .map((cell) => printable(cell ?? '–'))
    .join('  ');
}
