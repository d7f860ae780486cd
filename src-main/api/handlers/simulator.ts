import type { DomainHandlers } from './domain-handlers.ts';

export const simulatorHandlers: DomainHandlers<'simulator'> = {
  list: ({ appId }, { core }) => core.simulator.list(appId),
  get: ({ appId, deviceId }, { core }) => core.simulator.get(appId, deviceId),
  add: ({ appId, profile, count, current }, { core }) => core.simulator.add(appId, profile, count, current),
  addAndRun: async ({ appId, profile, count, current }, { core }) => ({
    jobId: await core.simulator.addAndRun(appId, profile, count, current),
  }),
  remove({ appId, deviceId }, { core }) {
    core.simulator.remove(appId, deviceId);
    return {};
  },
  run: ({ appId, deviceIds, ...options }, { core }) => ({ jobId: core.simulator.run(appId, deviceIds, options) }),
  simulate: async (input, { core }) => ({ jobId: await core.simulator.simulate(input) }),
  channel: ({ appId, deviceId, call }, { core }) => core.simulator.channel(appId, deviceId, call),
};
