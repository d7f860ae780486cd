import type { Activity } from '#contract/models/activity.ts';
import type { Device } from '#contract/models/device.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import type { ActivityRepository } from '../storage/activity-repository.ts';
import type { DeviceRecord, DeviceRepository } from '../storage/device-repository.ts';
import { toTimestamp } from '../storage/time.ts';

export type DeviceService = {
  /** Last seen first. Throws `APP_NOT_FOUND`. */
  list(appId: string): Device[];
  /** Throws `DEVICE_NOT_FOUND`. The id may be spelled in either case. */
  get(appId: string, deviceId: string): Device;
  /** Newest first. Throws `DEVICE_NOT_FOUND`. */
  timeline(input: {
    readonly appId: string;
    readonly deviceId: string;
    readonly limit: number;
    readonly beforeId?: number | undefined;
  }): Activity[];
  /** An empty alias takes the name away. Throws `DEVICE_NOT_FOUND`. */
  rename(appId: string, deviceId: string, alias: string): Device;
  /** Removes the device and its history; it comes back when it asks again. Throws `DEVICE_NOT_FOUND`. */
  forget(appId: string, deviceId: string): void;
  /** Devices of all apps seen in the last five minutes. */
  countActive(): number;
};

const ACTIVE_MS = 5 * 60_000;

export function createDevices({
  devices,
  activity,
  events,
  clock,
  isApp,
}: {
  readonly devices: DeviceRepository;
  readonly activity: ActivityRepository;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly isApp: (appId: string) => boolean;
}): DeviceService {
  function record(appId: string, deviceId: string): DeviceRecord {
    const found = devices.get(appId, deviceId.toLowerCase());
    if (!found) throw new AppError('DEVICE_NOT_FOUND', { appId, deviceId });
    return found;
  }

  return {
    list(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      return devices.list(appId).map(toDevice);
    },
    get: (appId, deviceId) => toDevice(record(appId, deviceId)),
    timeline({ appId, deviceId, limit, beforeId }) {
      const device = record(appId, deviceId);
      return activity.list({ appId, deviceId: device.deviceId }, { limit, beforeId }).reverse();
    },
    rename(appId, deviceId, alias) {
      const device = record(appId, deviceId);
      devices.rename(appId, device.deviceId, alias === '' ? null : alias);
      events.emit('device.changed', { appId, deviceId: device.deviceId });
      return toDevice(record(appId, device.deviceId));
    },
    forget(appId, deviceId) {
      const device = record(appId, deviceId);
      devices.remove(appId, device.deviceId);
      events.emit('device.changed', { appId, deviceId: device.deviceId });
      events.emit('app.changed', { appId });
    },
    countActive: () => devices.countSeenSince(clock.now() - ACTIVE_MS),
  };
}

function toDevice({ progress, firstSeenAtMs, lastSeenAtMs, ...rest }: DeviceRecord): Device {
  return {
    ...rest,
    state: progress.state,
    firstSeenAt: toTimestamp(firstSeenAtMs),
    lastSeenAt: toTimestamp(lastSeenAtMs),
  };
}
