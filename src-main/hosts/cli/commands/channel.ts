import type { Channel } from '#contract/models/channel.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../format.ts';
import { withSession } from '../session.ts';

export async function runChannelList(
  { options: { app: appId } }: ParsedCommand<'channel list'>,
  context: CommandContext,
): Promise<number> {
  const channels = await withSession(context, ({ api }) => api.channels.list({ appId }));
  context.output.json(channels);
  const rows = channels.map((channel) => [channel.name, channel.isDefault ? 'default' : '', targetText(channel)]);
  context.output.text(table(['CHANNEL', '', 'OFFERS'], rows));
  return 0;
}

function targetText({ target }: Channel): string {
  return target.kind === 'release' ? target.version : target.kind;
}
