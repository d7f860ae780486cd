import type { DomainHandlers } from './domain-handlers.ts';

export const releaseHandlers: DomainHandlers<'releases'> = {
  list: ({ appId }, { core }) => core.releases.list(appId),
  get: ({ appId, release }, { core }) => core.releases.get(appId, release),
  suggestVersion: (input, { core }) => core.releases.suggestVersion(input),
  publish: (input, { core }) => ({ jobId: core.releases.publish(input) }),
  cost: ({ appId, release }, { core }) => core.comparisons.cost(appId, release),
  diff: ({ appId, from, to }, { core }) => core.comparisons.diff(appId, from, to),
  diffFile: ({ appId, from, to, path }, { core }) => core.comparisons.diffFile(appId, from, to, path),
  export: (input, { core }) => ({ jobId: core.releases.export(input) }),
  delete: (input, { core }) => core.releases.delete(input),
};
