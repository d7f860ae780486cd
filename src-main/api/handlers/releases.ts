import type { DomainHandlers } from './domain-handlers.ts';

export const releaseHandlers: DomainHandlers<'releases'> = {
  list: ({ appId }, { core }) => core.releases.list(appId),
  get: ({ appId, release }, { core }) => core.releases.get(appId, release),
  suggestVersion: (input, { core }) => core.releases.suggestVersion(input),
  publish: (input, { core }) => ({ jobId: core.releases.publish(input) }),
  delete: (input, { core }) => core.releases.delete(input),
};
