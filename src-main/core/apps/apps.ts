import { randomBytes } from 'node:crypto';

import type { App } from '#contract/models/app.ts';
import { DEFAULT_CHANNEL } from '#contract/models/channel.ts';
import { appIdPattern } from '#contract/models/common.ts';
import type { Settings } from '#contract/models/server.ts';

import { clearLog } from '../activity/clear-log.ts';
import { AppError } from '../app-error.ts';
import { defaultSettings } from '../channels/channel-settings.ts';
import { addressesServedBy, listAddresses } from '../connect/addresses.ts';
import { devicePaths, endpointsFor } from '../connect/endpoints.ts';
import type { EventHub } from '../event-hub.ts';
import type { Ports } from '../ports.ts';
import type { AppRecordWithCounts, AppRepository } from '../storage/app-repository.ts';
import type { ChannelRepository } from '../storage/channel-repository.ts';
import type { Database } from '../storage/database.ts';
import { toTimestamp } from '../storage/time.ts';
import type { AppDirectory } from './app-directory.ts';

export type AppService = {
  /** By name. */
  list(): App[];
  /** Throws `APP_NOT_FOUND`. */
  get(appId: string): App;
  /** Throws `APP_ID_INVALID`, `APP_EXISTS`. */
  add(input: { readonly appId: string; readonly name?: string | undefined }): App;
  /** Adds the app unless it is there; tells whether it was added. Throws `APP_ID_INVALID`. */
  ensure(input: { readonly appId: string; readonly name?: string | undefined }): boolean;
  rename(appId: string, name: string): App;
  /** The app with all that hangs on it; its files are removed where nothing else uses them. */
  remove(appId: string): Promise<{ readonly appId: string; readonly releases: number; readonly devices: number }>;
  /** A new pairing token; URLs handed out before stop working at once. */
  rotateToken(appId: string): App;
};

export type AppServiceDeps = {
  readonly database: Database;
  readonly apps: AppRepository;
  readonly channels: ChannelRepository;
  readonly directory: AppDirectory;
  readonly events: EventHub;
  readonly settings: () => Settings;
  readonly ports: Pick<Ports, 'clock' | 'deviceOrigin' | 'network'>;
  /** Removes files that no release needs any more. */
  readonly sweepBlobs: () => Promise<unknown>;
};

export function createApps(deps: AppServiceDeps): AppService {
  const { database, apps, channels, directory, events, settings, ports, sweepBlobs } = deps;

  function record(appId: string): AppRecordWithCounts {
    const found = apps.get(appId);
    if (!found) throw new AppError('APP_NOT_FOUND', { appId });
    return found;
  }

  function announce(appId: string): void {
    directory.invalidate(appId);
    events.emit('app.changed', { appId });
  }

  function toApp(app: AppRecordWithCounts): App {
    const { appId, name, token, createdAtMs, releaseCount, deviceCount, keyName } = app;
    const port = ports.deviceOrigin.port();
    const host = ports.deviceOrigin.host?.() ?? settings().device.host;
    const addresses = port === null ? [] : addressesServedBy(listAddresses(ports.network.interfaces()), host);
    const defaultChannel = channels.list(appId).find((channel) => channel.isDefault)?.name ?? DEFAULT_CHANNEL;
    return {
      appId,
      name,
      token,
      paths: devicePaths(token),
      endpoints: port === null ? [] : endpointsFor(token, addresses, port),
      defaultChannel,
      keyName,
      createdAt: toTimestamp(createdAtMs),
      releaseCount,
      deviceCount,
    };
  }

  function ensure({ appId, name }: { readonly appId: string; readonly name?: string | undefined }): boolean {
    assertAppId(appId);
    const atMs = ports.clock.now();
    const isNew = database.transaction(() => {
      const isInserted = apps.insert({ appId, name: name ?? appId, token: createToken(), createdAtMs: atMs });
      if (isInserted) {
        const settings = { ...defaultSettings, public: true };
        channels.insert({ appId, name: DEFAULT_CHANNEL, isDefault: true, settings, atMs });
      }
      return isInserted;
    });
    if (isNew) announce(appId);
    return isNew;
  }

  return {
    list: () => apps.list().map(toApp),
    get: (appId) => toApp(record(appId)),
    add(input) {
      if (!ensure(input)) throw new AppError('APP_EXISTS', { appId: input.appId });
      return toApp(record(input.appId));
    },
    ensure,
    rename(appId, name) {
      record(appId);
      apps.rename(appId, name);
      announce(appId);
      return toApp(record(appId));
    },
    async remove(appId) {
      record(appId);
      // Nearly all there is to remove; the rest goes at once.
      await clearLog(database, appId);
      const counts = apps.remove(appId);
      announce(appId);
      await sweepBlobs();
      return { appId, ...counts };
    },
    rotateToken(appId) {
      record(appId);
      apps.setToken(appId, createToken());
      announce(appId);
      return toApp(record(appId));
    },
  };
}

/** Throws `APP_ID_INVALID` for what no Capacitor config could hold. */
export function assertAppId(appId: string): void {
  if (!appIdPattern.test(appId) || appId.length > 255) {
    throw new AppError('APP_ID_INVALID', { appId: appId.slice(0, 100) });
  }
}

/** 128 random bits, base64url: phones send no credential, so the address itself is one. */
function createToken(): string {
  return randomBytes(16).toString('base64url');
}
