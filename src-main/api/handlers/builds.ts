import type { DomainHandlers } from './domain-handlers.ts';

export const buildHandlers: DomainHandlers<'builds'> = {
  inspect: ({ source }, { core }) => ({ jobId: core.builds.inspect(source) }),
  cost: ({ appId, source }, { core }) => ({ jobId: core.comparisons.buildCost(appId, source) }),
  zip: (input, { core }) => ({ jobId: core.builds.zip(input) }),
  recent: (_, { core }) => core.builds.recent(),
  forgetRecent({ path }, { core }) {
    core.builds.forgetRecent(path);
    return {};
  },
};
