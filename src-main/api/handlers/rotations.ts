import type { DomainHandlers } from './domain-handlers.ts';

export const rotationHandlers: DomainHandlers<'rotations'> = {
  list: (_, { core }) => core.rotations.list(),
  start: (input, { core }) => core.rotations.start(input),
  setProject: ({ appId, dir }, { core }) => core.rotations.setProject(appId, dir),
  previewConfig: ({ appId }, { core }) => core.rotations.previewConfig(appId),
  applyConfig: ({ appId, hash }, { core }) => core.rotations.applyConfig(appId, hash),
  tell: ({ appId, step, isDone }, { core }) => core.rotations.tell(appId, step, isDone),
  finish: ({ appId, force }, { core }) => core.rotations.finish(appId, force),
  abandon: ({ appId }, { core }) => {
    core.rotations.abandon(appId);
    return {};
  },
};
