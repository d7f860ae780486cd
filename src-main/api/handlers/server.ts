import type { ServerStatus } from '#contract/models/server.ts';

import type { ApiContext } from '../api-context.ts';
import type { DomainHandlers } from './domain-handlers.ts';

export const serverHandlers: DomainHandlers<'server'> = {
  status: (_, context) => statusOf(context),
  async restartDeviceListener(_, context) {
    await context.host.deviceListener.restart();
    return statusOf(context);
  },
  doctor: ({ projectDir }, { core, host }) => core.doctor({ projectDir, listener: host.deviceListener.status() }),
  async revealDataFolder(_, { host }) {
    await host.revealDataFolder();
    return {};
  },
};

function statusOf({ core, host }: ApiContext): ServerStatus {
  return {
    version: host.version,
    hostKind: host.kind,
    dataDir: host.dataDir,
    device: host.deviceListener.status(),
    addresses: core.addresses(),
    capabilities: host.capabilities,
    activeDevices: core.devices.countActive(),
  };
}
