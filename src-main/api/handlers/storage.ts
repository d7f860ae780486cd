import type { DomainHandlers } from './domain-handlers.ts';

export const storageHandlers: DomainHandlers<'storage'> = {
  usage: (_, { core }) => core.housekeeping.usage(),
  collect: (input, { core }) => ({ jobId: core.housekeeping.collect(input) }),
  verify: (input, { core }) => ({ jobId: core.housekeeping.verify(input) }),
  retention: ({ appId }, { core }) => core.housekeeping.retention(appId),
  setRetention: ({ appId, ...retention }, { core }) => core.housekeeping.setRetention(appId, retention),
  previewRetention: ({ appId, ...retention }, { core }) => core.housekeeping.preview(appId, retention),
  backup: (input, { core }) => ({ jobId: core.backups.backup(input) }),
  restore: (input, { core }) => ({ jobId: core.backups.restore(input) }),
  pendingRestore: (_, { core }) => core.backups.pending(),
  async dropRestore(_, { core }) {
    await core.backups.dropPending();
    return {};
  },
};
