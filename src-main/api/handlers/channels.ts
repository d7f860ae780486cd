import type { DomainHandlers } from './domain-handlers.ts';

export const channelHandlers: DomainHandlers<'channels'> = {
  list: ({ appId }, { core }) => core.channels.list(appId),
};
