import type { Activity } from '#contract/models/activity.ts';
import type { Device, DeviceOverride } from '#contract/models/device.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import type { ActivityRepository } from '../storage/activity-repository.ts';
import type { ChannelRepository } from '../storage/channel-repository.ts';
import type { DeviceRecord, DeviceRepository } from '../storage/device-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import { toTimestamp } from '../storage/time.ts';

/** What a person decides for a device; a channel by id or name, a release by id or version. */
export type OverrideInput =
  | { readonly kind: 'channel'; readonly channel: number | string }
  | { readonly kind: 'release'; readonly release: string }
  | { readonly kind: 'builtin' }
  | { readonly kind: 'blocked' };

export type DeviceService = {
  /** Last seen first. Throws `APP_NOT_FOUND`. */
  list(appId: string): Device[];
  /** Throws `DEVICE_NOT_FOUND`. The id may be spelled in either case. */
  get(appId: string, deviceId: string): Device;
  /** By when it happened, newest first. Throws `DEVICE_NOT_FOUND`. */
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
  /** Throws `DEVICE_NOT_FOUND`, `CHANNEL_NOT_FOUND`, `RELEASE_NOT_FOUND`. */
  setOverride(appId: string, deviceId: string, override: OverrideInput): Device;
  clearOverride(appId: string, deviceId: string): Device;
  /** Forgets that a version failed on it; without a version, all that did. */
  offerAgain(appId: string, deviceId: string, version?: string): Device;
  /** Devices of all apps seen in the last five minutes. */
  countActive(): number;
};

const ACTIVE_MS = 5 * 60_000;

export function createDevices({
  devices,
  activity,
  channels,
  releases,
  events,
  clock,
  isApp,
}: {
  readonly devices: DeviceRepository;
  readonly channels: Pick<ChannelRepository, 'find'>;
  readonly releases: Pick<ReleaseRepository, 'find'>;
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

  function changed(appId: string, deviceId: string): Device {
    events.emit('device.changed', { appId, deviceId });
    return toDevice(record(appId, deviceId));
  }

  function resolve(appId: string, override: OverrideInput): DeviceOverride {
    switch (override.kind) {
      case 'channel': {
        const found = channels.find(appId, override.channel);
        if (!found) throw new AppError('CHANNEL_NOT_FOUND', { appId, channel: override.channel });
        return { kind: 'channel', channelId: found.channelId, channel: found.name };
      }
      case 'release': {
        const found = releases.find(appId, override.release);
        if (!found) throw new AppError('RELEASE_NOT_FOUND', { appId, release: override.release });
        return { kind: 'release', releaseId: found.releaseId, version: found.version };
      }
      case 'builtin':
      case 'blocked':
        return { kind: override.kind };
    }
  }

  /** Channels tell how many devices are tied to them. */
  function tie(appId: string, device: DeviceRecord, override: DeviceOverride | null): Device {
    devices.setOverride(appId, device.deviceId, override);
    for (const tied of [device.override, override]) {
      if (tied?.kind === 'channel') events.emit('channel.changed', { appId, channelId: tied.channelId });
    }
    return changed(appId, device.deviceId);
  }

  return {
    list(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      return devices.list(appId).map(toDevice);
    },
    get: (appId, deviceId) => toDevice(record(appId, deviceId)),
    timeline({ appId, deviceId, limit, beforeId }) {
      const device = record(appId, deviceId);
      return activity.timeline({ appId, deviceId: device.deviceId }, { limit, beforeId });
    },
    rename(appId, deviceId, alias) {
      const device = record(appId, deviceId);
      devices.rename(appId, device.deviceId, alias === '' ? null : alias);
      return changed(appId, device.deviceId);
    },
    setOverride(appId, deviceId, override) {
      const device = record(appId, deviceId);
      return tie(appId, device, resolve(appId, override));
    },
    clearOverride: (appId, deviceId) => tie(appId, record(appId, deviceId), null),
    offerAgain(appId, deviceId, version) {
      const device = record(appId, deviceId);
      const left = version === undefined ? [] : device.failedVersions.filter((failed) => failed.version !== version);
      devices.setFailedVersions(appId, device.deviceId, left);
      return changed(appId, device.deviceId);
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

function toDevice(record: DeviceRecord): Device {
  const { progress, firstSeenAtMs, lastSeenAtMs, failedVersions, keptChannelId: _, rollouts: _r, ...rest } = record;
  return {
    ...rest,
    failedVersions: failedVersions.map(({ version, action, atMs, nativeVersion }) => ({
      version,
      action,
      at: toTimestamp(atMs),
      nativeVersion,
    })),
    state: progress.state,
    firstSeenAt: toTimestamp(firstSeenAtMs),
    lastSeenAt: toTimestamp(lastSeenAtMs),
  };
}
