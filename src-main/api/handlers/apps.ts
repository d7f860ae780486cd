import type { DomainHandlers } from './domain-handlers.ts';

export const appHandlers: DomainHandlers<'apps'> = {
  list: (_, { core }) => core.apps.list(),
  get: ({ appId }, { core }) => core.apps.get(appId),
  add: (input, { core }) => core.apps.add(input),
  rename: ({ appId, name }, { core }) => core.apps.rename(appId, name),
  remove: ({ appId }, { core }) => core.apps.remove(appId),
  rotateToken: ({ appId }, { core }) => core.apps.rotateToken(appId),
};
