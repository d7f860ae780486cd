import type { VirtualDevice, VirtualPlatform } from '#contract/models/virtual-device.ts';

import type { VirtualState } from '../simulator/virtual-state.ts';
import type { Database } from './database.ts';

export type VirtualDeviceRecord = {
  readonly appId: string;
  readonly deviceId: string;
  readonly platform: VirtualPlatform;
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly channel: string | null;
  readonly publicPem: string | null;
  readonly state: VirtualState;
  readonly lastRun: VirtualDevice['lastRun'];
  readonly createdAtMs: number;
};

type VirtualDeviceRow = Omit<VirtualDeviceRecord, 'state' | 'lastRun'> & {
  readonly stateJson: string;
  readonly lastRunJson: string | null;
};

/** Virtual devices by app and lower-cased device id. */
export type VirtualDeviceRepository = {
  insert(device: VirtualDeviceRecord): void;
  get(appId: string, deviceId: string): VirtualDeviceRecord | undefined;
  /** Oldest first. */
  list(appId: string): VirtualDeviceRecord[];
  /** States of all devices of all apps: what their contents are needed for. */
  states(): VirtualState[];
  /** Does nothing for a device that was removed. */
  saveRun(appId: string, deviceId: string, state: VirtualState, lastRun: VirtualDevice['lastRun']): void;
  /** False when there is no such device. */
  remove(appId: string, deviceId: string): boolean;
};

const select = `
  SELECT app_id AS appId, device_id AS deviceId, platform, native_version AS nativeVersion,
         plugin_version AS pluginVersion, channel, public_pem AS publicPem, state_json AS stateJson,
         last_run_json AS lastRunJson, created_at_ms AS createdAtMs
  FROM virtual_devices`;

export function createVirtualDeviceRepository(database: Database): VirtualDeviceRepository {
  return {
    insert(device) {
      database.run(
        `INSERT INTO virtual_devices (app_id, device_id, platform, native_version, plugin_version, channel, public_pem,
                                      state_json, last_run_json, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        device.appId,
        device.deviceId,
        device.platform,
        device.nativeVersion,
        device.pluginVersion,
        device.channel,
        device.publicPem,
        JSON.stringify(device.state),
        device.lastRun === null ? null : JSON.stringify(device.lastRun),
        device.createdAtMs,
      );
    },
    get(appId, deviceId) {
      const row = database.get<VirtualDeviceRow>(`${select} WHERE app_id = ? AND device_id = ?`, appId, deviceId);
      return row && toRecord(row);
    },
    list: (appId) =>
      database
        .all<VirtualDeviceRow>(`${select} WHERE app_id = ? ORDER BY created_at_ms, device_id`, appId)
        .map(toRecord),
    states: () =>
      database
        .all<{ stateJson: string }>('SELECT state_json AS stateJson FROM virtual_devices')
        .map(({ stateJson }) => JSON.parse(stateJson) as VirtualState),
    saveRun(appId, deviceId, state, lastRun) {
      database.run(
        'UPDATE virtual_devices SET state_json = ?, last_run_json = coalesce(?, last_run_json) WHERE app_id = ? AND device_id = ?',
        JSON.stringify(state),
        lastRun === null ? null : JSON.stringify(lastRun),
        appId,
        deviceId,
      );
    },
    remove: (appId, deviceId) =>
      database.run('DELETE FROM virtual_devices WHERE app_id = ? AND device_id = ?', appId, deviceId).changes === 1,
  };
}

function toRecord({ stateJson, lastRunJson, ...rest }: VirtualDeviceRow): VirtualDeviceRecord {
  return {
    ...rest,
    state: JSON.parse(stateJson) as VirtualState,
    lastRun: lastRunJson === null ? null : (JSON.parse(lastRunJson) as VirtualDevice['lastRun']),
  };
}
