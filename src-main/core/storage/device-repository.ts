import type { Device, DeviceOverride } from '#contract/models/device.ts';

import type { DeviceFacts, FailedVersionRecord, RolloutMemory } from '../devices/device-facts.ts';
import type { DeviceProgress } from '../devices/device-state.ts';
import type { ReleaseOutcome } from '../devices/release-outcome.ts';
import type { Database } from './database.ts';

export type DeviceRecord = Omit<Device, 'state' | 'firstSeenAt' | 'lastSeenAt' | 'failedVersions'> &
  DeviceFacts & {
    readonly progress: DeviceProgress;
    readonly firstSeenAtMs: number;
    readonly lastSeenAtMs: number;
  };

type DeviceRow = Omit<
  DeviceRecord,
  'progress' | 'isVirtual' | 'isEmulator' | 'isProd' | 'isOnBuiltin' | 'override' | 'failedVersions' | 'rollouts'
> & {
  readonly isVirtual: number;
  readonly isEmulator: number;
  readonly isProd: number;
  readonly isOnBuiltin: number;
  readonly stateJson: string;
  readonly overrideKind: DeviceOverride['kind'] | null;
  readonly overrideChannelId: number | null;
  readonly overrideChannel: string | null;
  readonly overrideReleaseId: string | null;
  readonly overrideVersion: string | null;
  readonly failedJson: string;
  readonly rolloutsJson: string;
};

/** How devices and a channel hang together. */
export type ChannelUse = { readonly deviceCount: number; readonly overrideCount: number };
export type RolloutUse = { readonly selectedDevices: number; readonly decidedDevices: number };

/** Devices that run the same bundle with the same plugin. */
export type RunningDevices = Pick<Device, 'bundleVersion' | 'isOnBuiltin' | 'platform' | 'pluginVersion'> & {
  readonly devices: number;
};

/** Devices by app and lower-cased device id, and what releases did on them. */
export type DeviceRepository = {
  get(appId: string, deviceId: string): DeviceRecord | undefined;
  /**
   * Inserts or replaces; alias, override and kept channel of a device that is there stay. Fails when the app is gone.
   * `stored`: as `get` gave it in the same transaction, so that what is there already is not written again.
   */
  save(device: DeviceRecord, stored?: DeviceRecord): void;
  /** Last seen first. */
  list(appId: string): DeviceRecord[];
  /** An empty alias takes the name away. False when there is no such device. */
  rename(appId: string, deviceId: string, alias: string | null): boolean;
  setOverride(appId: string, deviceId: string, override: DeviceOverride | null): void;
  setKeptChannel(appId: string, deviceId: string, channelId: number | null): void;
  setFailedVersions(appId: string, deviceId: string, failed: readonly FailedVersionRecord[]): void;
  /** Ids of the devices that an override ties to the channel or the release. */
  tiedToChannel(channelId: number): string[];
  tiedToRelease(releaseId: string): string[];
  /** Clears these overrides. */
  untieChannel(channelId: number): void;
  untieRelease(releaseId: string): void;
  /** After a channel got another name. */
  renameChannel(appId: string, from: string, to: string): void;
  /** By channel name; channels without devices are not in it. */
  channelUse(appId: string): ReadonlyMap<string, ChannelUse>;
  /** By rollout id. */
  rolloutUse(appId: string): ReadonlyMap<string, RolloutUse>;
  /** How devices that the channel decides fared with a release since then, each counted once. */
  trials(of: {
    readonly appId: string;
    readonly channel: string;
    readonly releaseId: string;
    readonly sinceMs: number;
  }): { readonly installs: number; readonly failures: number };
  /** The device, its log and its part in the health of releases. False when there is no such device. */
  remove(appId: string, deviceId: string): boolean;
  /** What devices run, and with which plugin: devices alike in all of these are one row. */
  running(appId: string): RunningDevices[];
  /** Devices of all apps seen since then. */
  countSeenSince(atMs: number): number;
  outcome(releaseId: string, deviceId: string): ReleaseOutcome | null;
  /** Does nothing when the release is gone. */
  setOutcome(releaseId: string, deviceId: string, outcome: ReleaseOutcome, atMs: number): void;
};

const select = `
  SELECT d.app_id AS appId, d.device_id AS deviceId, alias, custom_id AS customId, platform, is_virtual AS isVirtual,
         is_emulator AS isEmulator, is_prod AS isProd, native_version AS nativeVersion, native_code AS nativeCode,
         os_version AS osVersion, bundle_version AS bundleVersion, is_on_builtin AS isOnBuiltin,
         plugin_version AS pluginVersion, requested_channel AS requestedChannel, channel, d.key_id AS keyId,
         install_source AS installSource, remote_address AS remoteAddress, state_json AS stateJson,
         first_seen_at_ms AS firstSeenAtMs, last_seen_at_ms AS lastSeenAtMs, override_kind AS overrideKind,
         override_channel_id AS overrideChannelId, c.name AS overrideChannel, override_release_id AS overrideReleaseId,
         r.version AS overrideVersion, kept_channel_id AS keptChannelId, k.name AS keptChannel,
         failed_json AS failedJson, rollouts_json AS rolloutsJson
  FROM devices d
  LEFT JOIN channels c ON c.channel_id = d.override_channel_id
  LEFT JOIN releases r ON r.release_id = d.override_release_id
  LEFT JOIN channels k ON k.channel_id = d.kept_channel_id`;

export function createDeviceRepository(database: Database): DeviceRepository {
  return {
    get(appId, deviceId) {
      const row = database.get<DeviceRow>(`${select} WHERE d.app_id = ? AND d.device_id = ?`, appId, deviceId);
      return row && toRecord(row);
    },
    save(device, stored) {
      if (stored && settledFields.every((name) => device[name] === stored[name])) {
        database.run(
          'UPDATE devices SET state_json = ?, last_seen_at_ms = ? WHERE app_id = ? AND device_id = ?',
          JSON.stringify(device.progress),
          device.lastSeenAtMs,
          device.appId,
          device.deviceId,
        );
        return;
      }
      database.run(
        `INSERT INTO devices (app_id, device_id, alias, custom_id, platform, is_virtual, is_emulator, is_prod,
                              native_version, native_code, os_version, bundle_version, is_on_builtin, plugin_version,
                              requested_channel, channel, key_id, install_source, remote_address, state_json,
                              failed_json, rollouts_json, first_seen_at_ms, last_seen_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app_id, device_id) DO UPDATE SET
           custom_id = excluded.custom_id, platform = excluded.platform, is_virtual = excluded.is_virtual,
           is_emulator = excluded.is_emulator, is_prod = excluded.is_prod, native_version = excluded.native_version,
           native_code = excluded.native_code, os_version = excluded.os_version,
           bundle_version = excluded.bundle_version, is_on_builtin = excluded.is_on_builtin,
           plugin_version = excluded.plugin_version, requested_channel = excluded.requested_channel,
           channel = excluded.channel, key_id = excluded.key_id, install_source = excluded.install_source,
           remote_address = excluded.remote_address, state_json = excluded.state_json,
           failed_json = excluded.failed_json, rollouts_json = excluded.rollouts_json,
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
        JSON.stringify(device.failedVersions),
        JSON.stringify(device.rollouts),
        device.firstSeenAtMs,
        device.lastSeenAtMs,
      );
    },
    list: (appId) =>
      database
        .all<DeviceRow>(`${select} WHERE d.app_id = ? ORDER BY last_seen_at_ms DESC, d.device_id`, appId)
        .map(toRecord),
    rename: (appId, deviceId, alias) =>
      database.run('UPDATE devices SET alias = ? WHERE app_id = ? AND device_id = ?', alias, appId, deviceId)
        .changes === 1,
    setOverride(appId, deviceId, override) {
      database.run(
        `UPDATE devices SET override_kind = ?, override_channel_id = ?, override_release_id = ?
         WHERE app_id = ? AND device_id = ?`,
        override?.kind ?? null,
        override?.kind === 'channel' ? override.channelId : null,
        override?.kind === 'release' ? override.releaseId : null,
        appId,
        deviceId,
      );
    },
    setKeptChannel(appId, deviceId, channelId) {
      database.run(
        'UPDATE devices SET kept_channel_id = ? WHERE app_id = ? AND device_id = ?',
        channelId,
        appId,
        deviceId,
      );
    },
    setFailedVersions(appId, deviceId, failed) {
      const sql = 'UPDATE devices SET failed_json = ? WHERE app_id = ? AND device_id = ?';
      database.run(sql, JSON.stringify(failed), appId, deviceId);
    },
    tiedToChannel: (channelId) => idsOf(database, 'override_channel_id', channelId),
    tiedToRelease: (releaseId) => idsOf(database, 'override_release_id', releaseId),
    untieChannel(channelId) {
      database.run(
        'UPDATE devices SET override_kind = NULL, override_channel_id = NULL WHERE override_channel_id = ?',
        channelId,
      );
    },
    untieRelease(releaseId) {
      database.run(
        'UPDATE devices SET override_kind = NULL, override_release_id = NULL WHERE override_release_id = ?',
        releaseId,
      );
    },
    renameChannel(appId, from, to) {
      database.run('UPDATE devices SET channel = ? WHERE app_id = ? AND channel = ?', to, appId, from);
    },
    channelUse(appId) {
      const rows = database.all<ChannelUse & { name: string }>(
        `SELECT c.name,
                (SELECT count(*) FROM devices d WHERE d.app_id = c.app_id AND d.channel = c.name) AS deviceCount,
                (SELECT count(*) FROM devices d WHERE d.override_channel_id = c.channel_id) AS overrideCount
         FROM channels c WHERE c.app_id = ?`,
        appId,
      );
      return new Map(rows.map(({ name, ...use }) => [name, use]));
    },
    rolloutUse(appId) {
      const rows = database.all<RolloutUse & { rolloutId: string }>(
        `SELECT json_extract(e.value, '$.rolloutId') AS rolloutId, count(*) AS decidedDevices,
                sum(json_extract(e.value, '$.isSelected')) AS selectedDevices
         FROM devices d, json_each(d.rollouts_json) e
         WHERE d.app_id = ? AND d.rollouts_json <> '{}' GROUP BY 1`,
        appId,
      );
      return new Map(rows.map(({ rolloutId, ...use }) => [rolloutId, use]));
    },
    trials: ({ appId, channel, releaseId, sinceMs }) =>
      database.get<{ installs: number; failures: number }>(
        `SELECT count(*) FILTER (WHERE t.outcome IN ('set', 'updated')) AS installs,
                count(*) FILTER (WHERE t.outcome IN ('failed', 'rolled_back')) AS failures
         FROM release_devices t JOIN devices d ON d.app_id = ? AND d.device_id = t.device_id
         WHERE t.release_id = ? AND t.updated_at_ms >= ? AND d.channel = ?`,
        appId,
        releaseId,
        sinceMs,
        channel,
      ) ?? { installs: 0, failures: 0 },
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
    running: (appId) =>
      database
        .all<Omit<RunningDevices, 'isOnBuiltin'> & { readonly isOnBuiltin: number }>(
          `SELECT bundle_version AS bundleVersion, is_on_builtin AS isOnBuiltin, platform, plugin_version AS pluginVersion,
                  count(*) AS devices
           FROM devices WHERE app_id = ? GROUP BY bundle_version, is_on_builtin, platform, plugin_version`,
          appId,
        )
        .map((row) => Object.assign(row, { isOnBuiltin: row.isOnBuiltin === 1 })),
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

/** What `save` writes and most checks leave as it is: all but the state and the time. */
const settledFields = [
  'appId',
  'deviceId',
  'customId',
  'platform',
  'isVirtual',
  'isEmulator',
  'isProd',
  'nativeVersion',
  'nativeCode',
  'osVersion',
  'bundleVersion',
  'isOnBuiltin',
  'pluginVersion',
  'requestedChannel',
  'channel',
  'keyId',
  'installSource',
  'remoteAddress',
  'failedVersions',
  'rollouts',
] as const satisfies readonly (keyof DeviceRecord)[];

function idsOf(
  database: Database,
  column: 'override_channel_id' | 'override_release_id',
  value: string | number,
): string[] {
  return database
    .all<{ deviceId: string }>(`SELECT device_id AS deviceId FROM devices WHERE ${column} = ? ORDER BY 1`, value)
    .map(({ deviceId }) => deviceId);
}

/** Field by field: every check reads a row, and taking one apart with a rest pattern is several times as slow. */
function toRecord(row: DeviceRow): DeviceRecord {
  return {
    appId: row.appId,
    deviceId: row.deviceId,
    alias: row.alias,
    customId: row.customId,
    platform: row.platform,
    isVirtual: row.isVirtual === 1,
    isEmulator: row.isEmulator === 1,
    isProd: row.isProd === 1,
    nativeVersion: row.nativeVersion,
    nativeCode: row.nativeCode,
    osVersion: row.osVersion,
    bundleVersion: row.bundleVersion,
    isOnBuiltin: row.isOnBuiltin === 1,
    pluginVersion: row.pluginVersion,
    requestedChannel: row.requestedChannel,
    channel: row.channel,
    keptChannelId: row.keptChannelId,
    keptChannel: row.keptChannel,
    keyId: row.keyId,
    installSource: row.installSource,
    remoteAddress: row.remoteAddress,
    progress: JSON.parse(row.stateJson) as DeviceProgress,
    override: overrideOf(row),
    failedVersions: row.failedJson === '[]' ? [] : (JSON.parse(row.failedJson) as FailedVersionRecord[]),
    rollouts: row.rolloutsJson === '{}' ? {} : (JSON.parse(row.rolloutsJson) as Record<string, RolloutMemory>),
    firstSeenAtMs: row.firstSeenAtMs,
    lastSeenAtMs: row.lastSeenAtMs,
  };
}

function overrideOf(
  row: Pick<
    DeviceRow,
    'overrideKind' | 'overrideChannelId' | 'overrideChannel' | 'overrideReleaseId' | 'overrideVersion'
  >,
): DeviceOverride | null {
  const { overrideKind: kind, overrideChannelId, overrideChannel, overrideReleaseId, overrideVersion } = row;
  switch (kind) {
    case null:
      return null;
    case 'builtin':
    case 'blocked':
      return { kind };
    case 'channel':
      return overrideChannelId === null || overrideChannel === null
        ? null
        : { kind, channelId: overrideChannelId, channel: overrideChannel };
    case 'release':
      return overrideReleaseId === null || overrideVersion === null
        ? null
        : { kind, releaseId: overrideReleaseId, version: overrideVersion };
  }
}
