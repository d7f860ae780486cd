import type { DomainHandlers } from './domain-handlers.ts';

export const sampleHandlers: DomainHandlers<'sample'> = {
  run: (_, { core }) => ({ jobId: core.sample.run() }),
};
