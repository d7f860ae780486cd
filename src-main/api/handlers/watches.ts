import type { DomainHandlers } from './domain-handlers.ts';

export const watchHandlers: DomainHandlers<'watches'> = {
  list: ({ appId }, { core }) => core.watches.list().filter((watch) => appId === undefined || watch.appId === appId),
  add: (input, { core }) => core.watches.add(input),
  update: ({ watchId, ...change }, { core }) => core.watches.update(watchId, change),
  tryAgain: ({ watchId }, { core }) => core.watches.tryAgain(watchId),
  async remove({ watchId }, { core }) {
    await core.watches.remove(watchId);
    return {};
  },
};
