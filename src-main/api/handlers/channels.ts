import type { DomainHandlers } from './domain-handlers.ts';

export const channelHandlers: DomainHandlers<'channels'> = {
  list: ({ appId }, { core }) => core.channels.list(appId),
  get: (ref, { core }) => core.channels.get(ref),
  create: (input, { core }) => core.channels.create(input),
  rename: ({ newName, ...ref }, { core }) => core.channels.rename(ref, newName),
  update: ({ change, ...ref }, { core }) => core.channels.update(ref, change),
  makeDefault: (ref, { core }) => core.channels.makeDefault(ref),
  delete: ({ force, ...ref }, { core }) => core.channels.delete(ref, { force }),
  setTarget: ({ target, ...ref }, { core }) => core.channels.setTarget(ref, target),
  setRollout: ({ appId, channel, ...change }, { core }) => core.channels.setRollout({ appId, channel }, change),
  pauseRollout: ({ reason, ...ref }, { core }) => core.channels.pauseRollout(ref, reason),
  resumeRollout: (ref, { core }) => core.channels.resumeRollout(ref),
  promoteRollout: (ref, { core }) => core.channels.promoteRollout(ref),
  rollBackRollout: (ref, { core }) => core.channels.rollBackRollout(ref),
  history: ({ appId, channel, ...page }, { core }) => core.channels.history({ appId, channel }, page),
  rollBack: ({ entryId, ...ref }, { core }) => core.channels.rollBack(ref, entryId),
  preview: (input, { core }) => core.explain.preview(input),
};
