import type { AppEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { DeviceStep, FigureBook } from '../figures/figure-book.ts';
import type { DeviceRecord, DeviceRepository } from '../storage/device-repository.ts';
import { noteFailure } from '../updates/failed-versions.ts';
import type { DeviceInfo } from '../updates/parse-request.ts';
import { noFacts } from './device-facts.ts';
import { LATE_MS, newDevice, nextProgress, type DeviceEvent, type DeviceProgress } from './device-state.ts';
import { furthestOutcome, outcomeOf } from './release-outcome.ts';

/** A bundle on a device. */
export type Running = { readonly version: string | null; readonly isOnBuiltin: boolean };

/** What one request, or one event of a batch, tells of a device. */
export type Sighting = {
  readonly info: DeviceInfo;
  readonly atMs: number;
  readonly isVirtual: boolean;
  readonly remoteAddress: string;
  /** A check says everything: what it leaves out is not set on the device. Stats leave things out. */
  readonly isComplete: boolean;
  /** Channel that decided a check. */
  readonly channel?: string | null;
  /** The bundle it runs, when the sighting says so. */
  readonly running?: Running | null;
  readonly event: DeviceEvent | null;
};

/** What is known of a device, a blank record of one that is new; and the row that is there. */
export type FoundDevice = { readonly device: DeviceRecord; readonly stored: DeviceRecord | undefined };

/** Keeps what is known of each device. Called within a queued write; reads and writes the database. */
export type DeviceBook = {
  find(appId: string, deviceId: string, atMs: number): FoundDevice;
  /** Stores what was seen of a device that `find` gave. */
  see(app: AppEntry, found: FoundDevice, sightings: readonly Sighting[]): DeviceProgress;
  /** Moves a device on that is there already; one that was forgotten stays so. */
  advance(app: AppEntry, deviceId: string, event: DeviceEvent): DeviceProgress | null;
};

export function createDeviceBook({
  devices,
  figures,
}: {
  readonly devices: DeviceRepository;
  readonly figures: FigureBook;
}): DeviceBook {
  function withEvent(app: AppEntry, device: DeviceRecord, event: DeviceEvent | null): DeviceRecord {
    if (!event) return device;
    const progress = nextProgress(device.progress, event);
    if (progress !== device.progress) noteOutcome(app, { ...device, progress }, device);
    return { ...device, progress, failedVersions: noteFailure(device.failedVersions, event, device.nativeVersion) };
  }

  /** Counts for the health of the release that the state speaks of. */
  function noteOutcome(app: AppEntry, after: DeviceRecord, before: DeviceRecord): void {
    const next = outcomeOf(after.progress.state);
    const last = outcomeOf(before.progress.state);
    if (!next || (last?.version === next.version && last.outcome === next.outcome)) return;
    // The store's bundle may have the name of a release; it is not that release.
    if (next.outcome === 'updated' && after.isOnBuiltin) return;
    const release = releaseOf(app, next.version);
    if (!release) return;
    const known = devices.outcome(release.releaseId, after.deviceId);
    const outcome = furthestOutcome(known, next.outcome);
    if (outcome !== known) devices.setOutcome(release.releaseId, after.deviceId, outcome, after.lastSeenAtMs);
  }

  return {
    find(appId, deviceId, atMs) {
      const known = devices.get(appId, deviceId);
      return { device: known ?? unseen(appId, deviceId, atMs), stored: known };
    },
    see(app, found, sightings) {
      const steps: Omit<DeviceStep, 'isRelease'>[] = [];
      let { device } = found;
      for (const [index, sighting] of sightings.entries()) {
        const before = device;
        device = withEvent(app, withSighting(device, sighting), sighting.event);
        steps.push({ before, after: device, event: sighting.event, isNew: found.stored === undefined && index === 0 });
      }
      devices.save(device, found.stored);
      noteFigures(app, steps);
      return device.progress;
    },
    advance(app, deviceId, event) {
      const device = devices.get(app.appId, deviceId);
      if (!device) return null;
      const lastSeenAtMs = event.kind === 'clock' ? device.lastSeenAtMs : Math.max(device.lastSeenAtMs, event.atMs);
      const after = withEvent(app, { ...device, lastSeenAtMs }, event);
      devices.save(after, device);
      noteFigures(app, [{ before: device, after, event, isNew: false }]);
      return after.progress;
    },
  };

  function noteFigures(app: AppEntry, steps: readonly Omit<DeviceStep, 'isRelease'>[]): void {
    const isRelease = (version: string): boolean => releaseOf(app, version) !== undefined;
    for (const step of steps) figures.note({ ...step, isRelease });
  }
}

function releaseOf(app: AppEntry, version: string): ReleaseEntry | undefined {
  return app.releasesById.values().find((release) => release.version === version);
}

function unseen(appId: string, deviceId: string, atMs: number): DeviceRecord {
  return {
    appId,
    deviceId,
    alias: null,
    customId: null,
    platform: 'unknown',
    isVirtual: false,
    isEmulator: false,
    isProd: true,
    nativeVersion: null,
    nativeCode: null,
    osVersion: null,
    bundleVersion: null,
    isOnBuiltin: true,
    pluginVersion: null,
    requestedChannel: null,
    channel: null,
    keptChannel: null,
    keyId: null,
    installSource: null,
    remoteAddress: null,
    progress: newDevice,
    ...noFacts,
    firstSeenAtMs: atMs,
    lastSeenAtMs: atMs,
  };
}

function withSighting(device: DeviceRecord, sighting: Sighting): DeviceRecord {
  const { info, isComplete, running, atMs } = sighting;
  // A batch that lay on the device for days says what was, not what is.
  if (atMs < device.progress.atMs - LATE_MS) return device;
  return {
    ...device,
    customId: info.customId ?? device.customId,
    platform: info.platform === 'unknown' ? device.platform : info.platform,
    isVirtual: sighting.isVirtual,
    isEmulator: info.isEmulator,
    isProd: info.isProd,
    nativeVersion: info.versionBuild ?? device.nativeVersion,
    nativeCode: info.versionCode ?? device.nativeCode,
    osVersion: info.versionOs ?? device.osVersion,
    bundleVersion: running ? running.version : device.bundleVersion,
    isOnBuiltin: running ? running.isOnBuiltin : device.isOnBuiltin,
    pluginVersion: info.pluginVersion ?? device.pluginVersion,
    requestedChannel: isComplete ? info.defaultChannel : (info.defaultChannel ?? device.requestedChannel),
    channel: sighting.channel === undefined ? device.channel : sighting.channel,
    keyId: isComplete ? info.keyId : (info.keyId ?? device.keyId),
    installSource: info.installSource ?? device.installSource,
    remoteAddress: sighting.remoteAddress,
    lastSeenAtMs: Math.max(device.lastSeenAtMs, atMs),
  };
}
