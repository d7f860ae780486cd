import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '#test/helpers/trees.ts';

import { noFacts } from '../devices/device-facts.ts';
import { newDevice } from '../devices/device-state.ts';
import { createAppRepository } from './app-repository.ts';
import { openDatabase } from './database.ts';
import { createDeviceRepository, type DeviceRecord } from './device-repository.ts';

const appId = 'com.example.app';

const device = (fields: Partial<DeviceRecord> = {}): DeviceRecord => ({
  appId,
  deviceId: 'd1',
  alias: null,
  customId: null,
  platform: 'android',
  isVirtual: false,
  isEmulator: true,
  isProd: true,
  nativeVersion: '1.0.0',
  nativeCode: '1',
  osVersion: '14',
  bundleVersion: '1.0.0',
  isOnBuiltin: true,
  pluginVersion: '8.51.14',
  requestedChannel: null,
  channel: 'production',
  keptChannel: null,
  ...noFacts,
  keyId: null,
  installSource: null,
  remoteAddress: '192.168.1.30',
  progress: { ...newDevice, state: { kind: 'offered', version: '1.0.1' } },
  firstSeenAtMs: 1000,
  lastSeenAtMs: 2000,
  ...fields,
});

async function openDevices() {
  const folder = await temporaryFolder();
  const database = openDatabase(folder.at('test.sqlite'), folder.path);
  createAppRepository(database).insert({ appId, name: appId, token: 't', createdAtMs: 0 });
  return {
    devices: createDeviceRepository(database),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('devices', () => {
  it('come back as they were saved', async () => {
    await using store = await openDevices();
    store.devices.save(device());
    expect(store.devices.get(appId, 'd1')).toEqual(device());
    expect(store.devices.get(appId, 'd2')).toBeUndefined();
  });

  it.each<Partial<DeviceRecord>>([
    { lastSeenAtMs: 3000 },
    { progress: { ...newDevice, state: { kind: 'up_to_date', version: '1.0.1' } } },
    { lastSeenAtMs: 3000, channel: 'beta' },
    { isProd: false },
    { failedVersions: [{ version: '1.0.1', action: 'update_fail', atMs: 1, nativeVersion: null }] },
    { rollouts: { 1: { rolloutId: 'r', draws: 1, atMs: 1, isSelected: true, percentageBps: 100 } } },
    { customId: 'me' },
    { remoteAddress: null },
  ])('come back as they were saved over what is there already: %j', async (change) => {
    await using store = await openDevices();
    store.devices.save(device());
    const stored = store.devices.get(appId, 'd1') ?? device();
    store.devices.save({ ...stored, ...change }, stored);
    expect(store.devices.get(appId, 'd1')).toEqual(device(change));
  });

  it('keep their name and their first day when they are seen again', async () => {
    await using store = await openDevices();
    store.devices.save(device());
    expect(store.devices.rename(appId, 'd1', 'Pixel on my desk')).toBe(true);
    expect(store.devices.rename(appId, 'd2', 'Nobody')).toBe(false);
    store.devices.save(device({ lastSeenAtMs: 9000, firstSeenAtMs: 9000 }));
    expect(store.devices.get(appId, 'd1')).toMatchObject({
      alias: 'Pixel on my desk',
      firstSeenAtMs: 1000,
      lastSeenAtMs: 9000,
    });
  });

  it('are listed last seen first, and counted since a time', async () => {
    await using store = await openDevices();
    for (const [deviceId, lastSeenAtMs] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const) {
      store.devices.save(device({ deviceId, lastSeenAtMs }));
    }
    expect(store.devices.list(appId).map(({ deviceId }) => deviceId)).toEqual(['b', 'c', 'a']);
    expect(store.devices.countSeenSince(2)).toBe(2);
  });

  it('of an app that is gone are refused', async () => {
    await using store = await openDevices();
    expect(() => store.devices.save(device({ appId: 'com.example.gone' }))).toThrow(/FOREIGN KEY/);
  });

  it('are forgotten once', async () => {
    await using store = await openDevices();
    store.devices.save(device());
    expect(store.devices.remove(appId, 'd1')).toBe(true);
    expect(store.devices.remove(appId, 'd1')).toBe(false);
  });
});
