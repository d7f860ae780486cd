import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SimulationResult } from '#contract/models/virtual-device.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';
import type { Logger } from '#core/ports.ts';
import { runVirtualDevice, type VirtualDeviceOptions } from '#core/simulator/virtual-device.ts';

import { jobEnd, openDeviceHost, type DeviceHost } from '../helpers/device-host.ts';
import { createPhone } from '../helpers/phone.ts';

const build = {
  'index.html': '<!doctype html><script src="app.js"></script>',
  'app.js': 'globalThis.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady();',
};

const logged: string[] = [];
const keep = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };

let host: DeviceHost;
beforeEach(async () => {
  logged.length = 0;
  host = await openDeviceHost({ logger });
});
afterEach(() => host[Symbol.asyncDispose]());

function device(options: Partial<VirtualDeviceOptions>): Promise<SimulationResult> {
  const { update: updateUrl, stats: statsUrl, channel: channelUrl } = host.urls;
  return runVirtualDevice({ updateUrl, statsUrl, channelUrl, appId: host.app.appId, timeScale: 0.001, ...options });
}

const actions = (result: SimulationResult): unknown[] => result.stats.map(({ action }) => action);

describe('an encrypted release', () => {
  it.each([
    { platform: 'android', pluginVersion: '8.51.23', format: 'v3' },
    { platform: 'ios', pluginVersion: '8.51.23', format: 'v3' },
    { platform: 'android', pluginVersion: '7.29.9', format: 'v2' },
    { platform: 'ios', pluginVersion: '6.29.9', format: 'v2' },
  ] as const)('updates $platform with plugin $pluginVersion and the key, in form $format', async (client) => {
    const key = await host.core.keys.create('work');
    const { format } = client;
    // As a whole, and by its files.
    const released = await host.publish(build, '1.0.1', { key: 'work', format, delta: false });
    expect(released).toMatchObject({ encrypted: true, keyId: key.keyId });
    const result = await device({ ...client, publicKey: key.publicPem });
    expect(result.steps.map(({ step, detail }) => `${step}: ${detail}`)).toContain('verify: The checksum matches.');
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    await host.publish(build, '1.0.2', { key: 'work', format });
    const again = await device({ ...client, publicKey: key.publicPem });
    expect(again).toMatchObject({ outcome: 'updated', version: '1.0.2' });
    expect(actions(again)).toContain('download_manifest_complete');
  });

  it('is not offered to a device with another key, nor to one without, and the log says why', async () => {
    const key = await host.core.keys.create('work');
    await host.publish(build, '1.0.1', { key: 'work' });
    const other = await createKeyMaterial();
    const refused = await device({ publicKey: other.publicPem });
    expect(refused).toMatchObject({ outcome: 'blocked', bytes: 0 });
    expect(refused.steps.at(-1)?.detail).toContain('key_id_mismatch');
    expect(await device({})).toMatchObject({ outcome: 'blocked' });
    const { rows } = await host.core.activity.list({ kinds: ['update'], limit: 10 });
    const [first] = rows;
    const detail = host.core.activity.get(first?.id ?? 0);
    expect(detail.response.body).toEqual({
      kind: 'blocked',
      error: 'key_id_mismatch',
      message: expect.stringContaining(key.keyId),
      version: '1.0.0',
      deviceKeyId: other.keyId,
      bundleKeyId: key.keyId,
    });
    expect(detail.trace?.find(({ outcome }) => outcome === 'stop')).toMatchObject({
      rule: 'release.key',
      values: { device_key_id: other.keyId, bundle_key_id: key.keyId },
      remedy: expect.stringContaining('Encrypt with key'),
    });
  });

  // Old plugins do not tell their key, so nothing refuses them: they fail as the clients do.
  it.each([
    { platform: 'android', delta: false, last: ['download_fail', 'finish_download_fail'] },
    { platform: 'android', delta: true, last: ['download_fail'] },
    { platform: 'ios', delta: false, last: ['download_fail'] },
    { platform: 'ios', delta: true, last: ['download_fail'] },
  ] as const)('fails with another key on $platform, delta: $delta (clients.md §3, §6.5, §9.9)', async (client) => {
    const { platform, delta, last } = client;
    const key = await host.core.keys.create('work');
    await host.publish(build, '1.0.1', { key: 'work', delta });
    const other = await createKeyMaterial();
    const result = await device({ platform, publicKey: other.publicPem, pluginVersion: '8.40.0' });
    expect(result.outcome).toBe('failed');
    expect(actions(result).slice(-last.length)).toEqual(last);
    // The screen shows these sentences: the key is named in one of them.
    expect(result.steps.map(({ detail }) => detail).join(' ')).toMatch(/key/i);
    expect(key.keyId).not.toBe(other.keyId);
  });

  it('is refused before it is packed when devices have another key, unless that is wanted', async () => {
    await host.core.keys.create('work');
    const other = await createKeyMaterial();
    const phone = createPhone(host.urls.update.replace(/\/updates$/, ''), host.app.appId, {
      keyId: other.keyId,
    });
    await phone.check();
    await expect(host.publish(build, '1.0.1', { key: 'work' })).rejects.toThrow('KEY_MISMATCH');
    await expect(host.publish(build, '1.0.1')).rejects.toThrow('KEY_REQUIRED');
    expect(host.core.releases.list(host.app.appId)).toEqual([]);
    await host.publish(build, '1.0.1', { key: 'work', allowKeyMismatch: true });
    expect(await device({ publicKey: other.publicPem })).toMatchObject({ outcome: 'blocked' });
  });

  it('is published whatever keys virtual devices have, also after a fault with a wrong one', async () => {
    const key = await host.core.keys.create('work');
    const other = await createKeyMaterial();
    await host.publish(build, '1.0.1', { key: 'work' });
    expect(await device({ publicKey: other.publicPem })).toMatchObject({ outcome: 'blocked' });
    expect(await device({})).toMatchObject({ outcome: 'blocked' });
    const wrong = await device({ publicKey: key.publicPem, fault: { name: 'wrong-key' } });
    expect(wrong).toMatchObject({ outcome: 'failed' });
    await host.publish(build, '1.0.2', { key: 'work' });
    await host.publish(build, '1.0.3');
  });

  it('cannot be made with a public key alone, nor with one that is not there', async () => {
    const { publicPem } = await createKeyMaterial();
    await host.core.keys.import('theirs', { kind: 'text', pem: publicPem });
    await expect(host.publish(build, '1.0.1', { key: 'theirs' })).rejects.toThrow('KEY_PRIVATE_MISSING');
    await expect(host.publish(build, '1.0.1', { key: 'nobody' })).rejects.toThrow('KEY_NOT_FOUND');
  });
});

describe('the private part of a key', () => {
  it('is found in no event, log, answer, file, or device reply', async () => {
    const { privatePem } = await createKeyMaterial();
    const seen: string[] = [];
    const stop = host.core.events.subscribe((message) => void seen.push(JSON.stringify(message)));
    const { keys } = host.core;
    const tell = (value: unknown): void => void seen.push(JSON.stringify(value) ?? '');
    // Any line of the PEM, whether its line ends are written out or not, gives the key away.
    const canaries = privatePem.split('\n').slice(1, -2);

    tell(await keys.import('work', { kind: 'text', pem: privatePem }));
    tell(
      await keys
        .import('again', { kind: 'text', pem: privatePem })
        .catch((error: unknown) => String(error) + JSON.stringify(error)),
    );
    tell(keys.list());
    tell(keys.rename('work', 'job'));
    tell(await host.publish(build, '1.0.1', { key: 'job' }));
    tell(await device({ publicKey: keys.get('job').publicPem }));
    tell(host.core.releases.list(host.app.appId));
    tell(host.core.activity.export({ limit: 100 }));
    const zip = join(host.dataDir, '..', 'x.zip');
    await writeFile(zip, 'PK\u0003\u0004 some bytes');
    tell(await jobEnd(host.core, keys.encrypt({ zip, key: { kind: 'vault', name: 'job' }, format: 'v3' })));
    const backup = join(host.dataDir, '..', 'keys.backup');
    await keys.backup(backup, 'a long passphrase');
    tell(host.core.jobs.list());
    tell(keys.delete('job', true));
    stop();

    const files = await readdir(join(host.dataDir, '..'), { recursive: true, withFileTypes: true });
    const contents = files
      .filter((entry) => entry.isFile() && !entry.name.startsWith('slipway.sqlite'))
      .map(async (entry) => (await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
    const everything = [...seen, ...logged, ...(await Promise.all(contents))].join('\n');
    expect(everything).toContain('1.0.1');
    for (const canary of canaries) expect(everything).not.toContain(canary);
  });
});
