import type { Device } from '#contract/models/device.ts';

import type { DeviceProgress } from '../devices/device-state.ts';
import type { ReleaseOutcome } from '../devices/release-outcome.ts';
import type { Database } from './database.ts';

export type DeviceRecord = Omit<Device, 'state' | 'firstSeenAt' | 'lastSeenAt'> & {
  readonly progress: DeviceProgress;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
};

type DeviceRow = Omit<DeviceRecord, 'progress' | 'isVirtual' | 'isEmulator' | 'isProd' | 'isOnBuiltin'> & {
  readonly isVirtual: number;
  readonly isEmulator: number;
  readonly isProd: number;
  readonly isOnBuiltin: number;
  readonly stateJson: string;
};

/** Devices by app and lower-cased device id, and what releases did on them. */
export type DeviceRepository = {
  get(appId: string, deviceId: string): DeviceRecord | undefined;
  /** Inserts or replaces; the alias of a device that is there stays. Fails when the app is gone. */
  save(device: DeviceRecord): void;
  /** Last seen first. */
  list(appId: string): DeviceRecord[];
  /** An empty alias takes the name away. False when there is no such device. */
  rename(appId: string, deviceId: string, alias: string | null): boolean;
  /** The device, its log and its part in the health of releases. False when there is no such device. */
  remove(appId: string, deviceId: string): boolean;
  /** Devices of all apps seen since then. */
  countSeenSince(atMs: number): number;
  outcome(releaseId: string, deviceId: string): ReleaseOutcome | null;
  /** Does nothing when the release is gone. */
  setOutcome(releaseId: string, deviceId: string, outcome: ReleaseOutcome, atMs: number): void;
};

const select = `
  SELECT app_id AS appId, device_id AS deviceId, alias, custom_id AS customId, platform, is_virtual AS isVirtual,
         is_emulator AS isEmulator, is_prod AS isProd, native_version AS nativeVersion, native_code AS nativeCode,
         os_version AS osVersion, bundle_version AS bundleVersion, is_on_builtin AS isOnBuiltin,
         plugin_version AS pluginVersion, requested_channel AS requestedChannel, channel, key_id AS keyId,
         install_source AS installSource, remote_address AS remoteAddress, state_json AS stateJson,
         first_seen_at_ms AS firstSeenAtMs, last_seen_at_ms AS lastSeenAtMs
  FROM devices`;

export function createDeviceRepository(database: Database): DeviceRepository {
  return {
    get(appId, deviceId) {
      const row = database.get<DeviceRow>(`${select} WHERE app_id = ? AND device_id = ?`, appId, deviceId);
      return row && toRecord(row);
    },
    save(device) {
      database.run(
        `INSERT INTO devices (app_id, device_id, alias, custom_id, platform, is_virtual, is_emulator, is_prod,
                              native_version, native_code, os_version, bundle_version, is_on_builtin, plugin_version,
                              requested_channel, channel, key_id, install_source, remote_address, state_json,
                              first_seen_at_ms, last_seen_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app_id, device_id) DO UPDATE SET
           custom_id = excluded.custom_id, platform = excluded.platform, is_virtual = excluded.is_virtual,
           is_emulator = excluded.is_emulator, is_prod = excluded.is_prod, native_version = excluded.native_version,
           native_code = excluded.native_code, os_version = excluded.os_version,
           bundle_version = excluded.bundle_version, is_on_builtin = excluded.is_on_builtin,
           plugin_version = excluded.plugin_version, requested_channel = excluded.requested_channel,
           channel = excluded.channel, key_id = excluded.key_id, install_source = excluded.install_source,
           remote_address = excluded.remote_address, state_json = excluded.state_json,
           last_seen_at_ms = excluded.last_seen_at_ms`,
        device.appId,
        device.deviceId,
        device.alias,
        device.customId,
        device.platform,
        Number(device.isVirtual),
        Number(device.isEmulator),
        Number(device.isProd),
        device.nativeVersion,
        device.nativeCode,
        device.osVersion,
        device.bundleVersion,
        Number(device.isOnBuiltin),
        device.pluginVersion,
        device.requestedChannel,
        device.channel,
        device.keyId,
        device.installSource,
        device.remoteAddress,
        JSON.stringify(device.progress),
        device.firstSeenAtMs,
        device.lastSeenAtMs,
      );
    },
    list: (appId) =>
      database
        .all<DeviceRow>(`${select} WHERE app_id = ? ORDER BY last_seen_at_ms DESC, device_id`, appId)
        .map(toRecord),
    rename: (appId, deviceId, alias) =>
      database.run('UPDATE devices SET alias = ? WHERE app_id = ? AND device_id = ?', alias, appId, deviceId)
        .changes === 1,
    remove(appId, deviceId) {
      return database.transaction(() => {
        database.run(
          `DELETE FROM release_devices
           WHERE device_id = ?2 AND release_id IN (SELECT release_id FROM releases WHERE app_id = ?1)`,
          appId,
          deviceId,
        );
        database.run('DELETE FROM activity WHERE app_id = ? AND device_id = ?', appId, deviceId);
        return database.run('DELETE FROM devices WHERE app_id = ? AND device_id = ?', appId, deviceId).changes === 1;
      });
    },
    countSeenSince: (atMs) =>
      database.get<{ n: number }>('SELECT count(*) AS n FROM devices WHERE last_seen_at_ms >= ?', atMs)?.n ?? 0,
    outcome: (releaseId, deviceId) =>
      database.get<{ outcome: ReleaseOutcome }>(
        'SELECT outcome FROM release_devices WHERE release_id = ? AND device_id = ?',
        releaseId,
        deviceId,
      )?.outcome ?? null,
    setOutcome(releaseId, deviceId, outcome, atMs) {
      database.run(
        `INSERT INTO release_devices (release_id, device_id, outcome, updated_at_ms)
         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM releases WHERE release_id = ?1)
         ON CONFLICT (release_id, device_id) DO UPDATE SET outcome = excluded.outcome, updated_at_ms = excluded.updated_at_ms`,
        releaseId,
        deviceId,
        outcome,
        atMs,
      );
    },
  };
}

function toRecord({ stateJson, isVirtual, isEmulator, isProd, isOnBuiltin, ...rest }: DeviceRow): DeviceRecord {
  return {
    ...rest,
    isVirtual: isVirtual === 1,
    isEmulator: isEmulator === 1,
    isProd: isProd === 1,
    isOnBuiltin: isOnBuiltin === 1,
    progress: JSON.parse(stateJson) as DeviceProgress,
  };
}
