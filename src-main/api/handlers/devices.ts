import type { DomainHandlers } from './domain-handlers.ts';

export const deviceHandlers: DomainHandlers<'devices'> = {
  list: ({ appId }, { core }) => core.devices.list(appId),
  get: ({ appId, deviceId }, { core }) => core.devices.get(appId, deviceId),
  timeline: (input, { core }) => core.devices.timeline(input),
  rename: ({ appId, deviceId, alias }, { core }) => core.devices.rename(appId, deviceId, alias),
  forget({ appId, deviceId }, { core }) {
    core.devices.forget(appId, deviceId);
    return {};
  },
};
