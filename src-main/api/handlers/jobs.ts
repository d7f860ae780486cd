import type { DomainHandlers } from './domain-handlers.ts';

export const jobHandlers: DomainHandlers<'jobs'> = {
  list: (_, { core }) => core.jobs.list(),
  get: ({ jobId }, { core }) => core.jobs.get(jobId),
  cancel({ jobId }, { core }) {
    core.jobs.cancel(jobId);
    return {};
  },
};
