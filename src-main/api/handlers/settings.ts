import type { DomainHandlers } from './domain-handlers.ts';

export const settingsHandlers: DomainHandlers<'settings'> = {
  get: (_, { core }) => core.settings.get(),
  update: (patch, { core }) => core.settings.update(patch),
};
