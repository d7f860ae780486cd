import type { DomainHandlers } from './domain-handlers.ts';

export const activityHandlers: DomainHandlers<'activity'> = {
  list: (input, { core }) => core.activity.list(input),
  get: ({ id }, { core }) => core.activity.get(id),
  export: (input, { core }) => core.activity.export(input),
  replay: ({ id, to }, { core }) => core.activity.replay(id, to),
  clear: ({ appId }, { core }) => core.activity.clear(appId),
};
