import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../format.ts';
import { withSession } from '../session.ts';
import { printChannel, targetText } from './channel.ts';

export async function runChannelHistory(
  { arguments: [channel], options: { app: appId, limit } }: ParsedCommand<'channel history'>,
  context: CommandContext,
): Promise<number> {
  const page = limit === undefined ? {} : { limit };
  const entries = await withSession(context, ({ api }) => api.channels.history({ appId, channel, ...page }));
  context.output.json(entries);
  const rows = entries.map(({ id, at, cause, target, changes, note }) => [
    id,
    at,
    cause.replaceAll('_', ' '),
    targetText(target),
    [...Object.entries(changes).map(([name, { to }]) => `${name} ${String(to)}`), ...(note ? [note] : [])].join(', '),
  ]);
  context.output.text(table(['ROW', 'AT', 'WHAT', 'OFFERS', 'CHANGES'], rows));
  return 0;
}

export async function runChannelRollback(
  { arguments: [channel], options: { app: appId, to: entryId } }: ParsedCommand<'channel rollback'>,
  context: CommandContext,
): Promise<number> {
  const to = entryId === undefined ? {} : { entryId };
  printChannel(
    context.output,
    await withSession(context, ({ api }) => api.channels.rollBack({ appId, channel, ...to })),
    [],
  );
  return 0;
}

export async function runChannelPromote(
  { arguments: [channel], options: { app: appId } }: ParsedCommand<'channel promote'>,
  context: CommandContext,
): Promise<number> {
  printChannel(
    context.output,
    await withSession(context, ({ api }) => api.channels.promoteRollout({ appId, channel })),
    [],
  );
  return 0;
}
