import type { DomainHandlers } from './domain-handlers.ts';

export const uploadHandlers: DomainHandlers<'uploads'> = {
  create: (input, { core }) => core.uploads.create(input),
  complete: ({ uploadId }, { core }) => core.uploads.complete(uploadId),
  async discard({ uploadId }, { core }) {
    await core.uploads.discard(uploadId);
    return {};
  },
};
