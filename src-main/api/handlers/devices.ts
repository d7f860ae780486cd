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
  setOverride: ({ appId, deviceId, override }, { core }) => core.devices.setOverride(appId, deviceId, override),
  clearOverride: ({ appId, deviceId }, { core }) => core.devices.clearOverride(appId, deviceId),
  offerAgain: ({ appId, deviceId, version }, { core }) => core.devices.offerAgain(appId, deviceId, version),
  explain: (input, { core }) =>
    'deviceId' in input
      ? core.explain.explainDevice(input.appId, input.deviceId, input.override)
      : core.explain.explainRequest(input.appId, input.request),
};
