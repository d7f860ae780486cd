import { readFile } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Rotation } from '#contract/models/rotation.ts';
import type { SimulationResult } from '#contract/models/virtual-device.ts';
import { parseKey } from '#core/crypto/key-material.ts';
import { runVirtualDevice } from '#core/simulator/virtual-device.ts';

import { openDeviceHost, type DeviceHost } from '../helpers/device-host.ts';
import { createPhone } from '../helpers/phone.ts';
import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';

const APP = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let host: DeviceHost;
beforeEach(async () => {
  folder = await temporaryFolder();
  host = await openDeviceHost({ dataDir: folder.at('data') });
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function restart(): Promise<void> {
  await host[Symbol.asyncDispose]();
  host = await openDeviceHost({ dataDir: folder.at('data') });
}

async function rotation(): Promise<Rotation> {
  const [first] = await host.core.rotations.list();
  if (!first) throw new Error('there is no rotation');
  return first;
}

const nativeVersion = '0.9.0';

function virtualDevice(deviceId: string, publicKey: string) {
  const { update: updateUrl, stats: statsUrl } = host.urls;
  return runVirtualDevice({ updateUrl, statsUrl, appId: APP, nativeVersion, deviceId, publicKey, readyTimeoutMs: 50 });
}

/** What a phone does, and then its word that it is one: virtual devices have no say in this. */
async function phone(deviceId: string, publicKey: string): Promise<SimulationResult> {
  const result = await virtualDevice(deviceId, publicKey);
  const base = host.urls.update.replace(/\/updates$/, '');
  await createPhone(base, APP, { deviceId, nativeVersion, keyId: parseKey(publicKey).key.keyId }).check();
  return result;
}

const id = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;

describe('the change of a key', () => {
  it('goes from the new key to the retired old one, over restarts between the steps', async () => {
    const { keys, rotations } = host.core;
    const old = await keys.create('work');
    await host.publish(soundBuild, '1.0.0', { key: 'work' });
    expect(await phone(id(1), old.publicPem)).toMatchObject({ outcome: 'updated' });
    const dir = await writeTree(folder.at('project'), {
      'capacitor.config.json': JSON.stringify(
        {
          appId: APP,
          webDir: 'dist',
          plugins: { CapacitorUpdater: { publicKey: old.publicPem, autoUpdate: 'always' } },
        },
        null,
        2,
      ),
    });

    const begun = await rotations.start({ appId: APP, oldKey: 'work', newKey: 'work 2', isCreated: true });
    expect(begun).toMatchObject({ next: 'config', devices: { withNew: 0, withOld: 1, others: 0 }, project: null });
    await expect(rotations.start({ appId: APP, oldKey: 'work', newKey: 'work 3', isCreated: true })).rejects.toThrow(
      'ROTATION_EXISTS',
    );

    await restart();
    const next = host.core.keys.get('work 2');
    expect(await host.core.rotations.setProject(APP, dir)).toMatchObject({ project: { keyId: old.keyId } });
    const change = await host.core.rotations.previewConfig(APP);
    expect(change.diff.split('\n').filter((line) => /^[+-] /.test(line))).toHaveLength(2);
    expect(await host.core.rotations.applyConfig(APP, change.hash)).toMatchObject({ written: true });
    const config = JSON.parse(await readFile(folder.at('project/capacitor.config.json'), 'utf8')) as object;
    expect(config).toMatchObject({
      plugins: { CapacitorUpdater: { publicKey: next.publicPem, autoUpdate: 'always' } },
    });
    expect(await rotation()).toMatchObject({ done: { config: 'seen', native: null }, next: 'native' });

    await host.core.rotations.tell(APP, 'native', true);
    await restart();
    expect(await rotation()).toMatchObject({ done: { native: 'told' }, next: 'devices' });

    // A virtual one proves nothing, and holds nothing up.
    expect(await virtualDevice(id(3), next.publicPem)).toMatchObject({ outcome: 'blocked' });
    expect(await virtualDevice(id(4), old.publicPem)).toMatchObject({ outcome: 'updated' });
    expect(await rotation()).toMatchObject({
      done: { native: 'told' },
      devices: { withNew: 0, withOld: 1, others: 0 },
    });

    // Devices of both kinds: neither key is refused, a third one and none still are.
    expect(await phone(id(2), next.publicPem)).toMatchObject({ outcome: 'blocked' });
    expect(await rotation()).toMatchObject({ done: { native: 'seen' }, devices: { withNew: 1, withOld: 1 } });
    await host.publish(soundBuild, '1.0.1', { key: 'work' });
    await host.core.keys.create('other');
    await expect(host.publish(soundBuild, '1.0.2', { key: 'other' })).rejects.toThrow('KEY_MISMATCH');
    await expect(host.publish(soundBuild, '1.0.2')).rejects.toThrow('KEY_REQUIRED');
    await expect(host.core.rotations.finish(APP, false)).rejects.toMatchObject({
      code: 'ROTATION_UNFINISHED',
      params: { steps: ['devices', 'release'] },
    });

    await host.publish(soundBuild, '1.0.2', { key: 'work 2' });
    expect(await phone(id(1), old.publicPem)).toMatchObject({ outcome: 'blocked' });
    // The native build reaches the last device.
    expect(await phone(id(1), next.publicPem)).toMatchObject({ outcome: 'updated', version: '1.0.2' });
    expect(await rotation()).toMatchObject({
      next: null,
      liveVersion: '1.0.2',
      done: { config: 'seen', native: 'seen', devices: 'seen', release: 'seen' },
    });
    expect(await host.core.rotations.finish(APP, false)).toEqual({
      appId: APP,
      oldKey: 'work',
      isRetired: true,
      otherApps: [],
    });
    await restart();
    expect(await host.core.rotations.list()).toEqual([]);
    expect(host.core.keys.get('work').retiredAt).not.toBeNull();
    await expect(host.publish(soundBuild, '1.0.3', { key: 'work' })).rejects.toThrow('KEY_RETIRED');
    host.core.keys.retire('work', false);
    await expect(host.publish(soundBuild, '1.0.3', { key: 'work' })).rejects.toThrow('KEY_MISMATCH');
  });

  it('leaves the old key in use for another app, and is forgotten with one of its keys', async () => {
    const { keys, rotations, apps } = host.core;
    await keys.create('work');
    await host.publish(soundBuild, '1.0.0', { key: 'work' });
    apps.ensure({ appId: 'com.example.second' });
    await rotations.start({ appId: APP, oldKey: 'work', newKey: 'next', isCreated: true });
    await rotations.start({ appId: 'com.example.second', oldKey: 'work', newKey: 'next', isCreated: false });
    expect(await rotations.finish('com.example.second', true)).toMatchObject({
      isRetired: false,
      otherApps: [APP],
    });
    expect(keys.get('work').retiredAt).toBeNull();
    expect(await rotations.list()).toHaveLength(1);
    keys.delete('next', true);
    expect(await rotations.list()).toEqual([]);
  });

  it('cannot begin with a key that cannot encrypt, is the same, or does not exist', async () => {
    const { keys, rotations } = host.core;
    const { publicPem } = await keys.create('work');
    await keys.create('gone');
    keys.retire('gone', true);
    const begin = (newKey: string, appId = APP) => rotations.start({ appId, oldKey: 'work', newKey, isCreated: false });
    await expect(begin('work')).rejects.toThrow('KEY_EXISTS');
    await expect(begin('nobody')).rejects.toThrow('KEY_NOT_FOUND');
    await expect(begin('gone')).rejects.toThrow('KEY_RETIRED');
    await expect(begin('gone', 'com.example.none')).rejects.toThrow('APP_NOT_FOUND');
    expect(publicPem).toContain('PUBLIC');
    await expect(rotations.tell(APP, 'native', true)).rejects.toThrow('ROTATION_NOT_FOUND');
    await expect(rotations.previewConfig(APP)).rejects.toThrow('ROTATION_NOT_FOUND');
  });
});
