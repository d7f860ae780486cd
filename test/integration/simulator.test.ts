import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  faultNames,
  simulationReportSchema,
  type BuiltinSource,
  type SimulationReport,
} from '#contract/models/virtual-device.ts';
import { runConformance } from '#core/conformance/run-conformance.ts';
import { soundBuild } from '#test/helpers/trees.ts';

import { jobEnd, openDeviceHost, type DeviceHost } from '../helpers/device-host.ts';

const appId = 'com.example.app';

let host: DeviceHost;
beforeEach(async () => {
  host = await openDeviceHost();
});
afterEach(() => host[Symbol.asyncDispose]());

const end = async (jobId: string): Promise<SimulationReport> =>
  simulationReportSchema.parse(await jobEnd(host.core, jobId));

async function simulate(
  input: Partial<Parameters<DeviceHost['core']['simulator']['simulate']>[0]> = {},
): Promise<SimulationReport> {
  const jobId = await host.core.simulator.simulate({
    appId,
    profile: { platform: 'android', nativeVersion: '1.0.0' },
    devices: 1,
    isRealTime: false,
    ...input,
  });
  return end(jobId);
}

describe('virtual devices on our own server', () => {
  it.each(['android', 'ios', 'electron'] as const)('%s updates, the phones by delta files', async (platform) => {
    await host.publish(soundBuild, '1.0.1');
    const report = await simulate({ profile: { platform, nativeVersion: '1.0.0' } });
    expect(report).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    const files = report.requests.filter(({ url }) => /\/(files|bundles)\//.test(url)).map(({ url }) => url);
    expect(files.length).toBeGreaterThan(0);
    expect(files.every((url) => url.includes(platform === 'electron' ? '/bundles/' : '/files/'))).toBe(true);
    expect(host.core.devices.list(appId)[0]).toMatchObject({
      isVirtual: true,
      state: { kind: 'ready', version: '1.0.1' },
    });
  });

  it.each(['android', 'ios', 'electron'] as const)('%s opens an encrypted release with its key', async (platform) => {
    await host.core.keys.create('work');
    await host.publish(soundBuild, '1.0.1', { key: 'work' });
    const key = { kind: 'vault', name: 'work' } as const;
    const good = await simulate({ profile: { platform, nativeVersion: '1.0.0', key } });
    expect(good).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    // Said to the server, which offers nothing that cannot be opened; unsaid, the device finds out by itself.
    const other = await simulate({ profile: { platform, nativeVersion: '1.0.0' } });
    expect(other).toMatchObject({ outcome: 'blocked', version: '1.0.0' });
    const wrong = await simulate({
      profile: { platform, nativeVersion: '1.0.0', key },
      fault: { name: 'wrong-key' },
    });
    expect(wrong).toMatchObject({ outcome: 'failed', version: '1.0.0' });
  });

  it('run many at a time, counted by their ends', async () => {
    await host.publish(soundBuild, '1.0.1');
    const report = await simulate({ devices: 40 });
    expect(report.outcomes).toEqual({ updated: 40, up_to_date: 0, blocked: 0, failed: 0 });
    expect(new Set(report.devices.map(({ deviceId }) => deviceId)).size).toBe(40);
    expect(host.core.releases.list(appId)[0]?.health).toMatchObject({ updated: 40 });
    // Nothing of devices that are gone stays.
    expect(await readdir(join(host.dataDir, 'virtual-devices')).catch(() => [])).toSatisfy((folders: string[]) =>
      folders.every((folder) => folder.length === 2),
    );
  });

  it.each(faultNames)('end with every fault there is: %s', async (name) => {
    await host.publish(soundBuild, '1.0.1');
    const report = await simulate({ fault: { name }, profile: { platform: 'ios', nativeVersion: '1.0.0' } });
    expect(report.steps[0]).toMatchObject({ step: 'fault' });
    expect(report.version).toBe(report.outcome === 'updated' ? '1.0.1' : '1.0.0');
  });

  it('that roll back are not offered the version again (protocol/clients.md §13.11)', async () => {
    await host.publish(soundBuild, '1.0.1');
    const [device] = await host.core.simulator.add(appId, { platform: 'android', nativeVersion: '1.0.0' }, 1);
    const deviceId = device?.deviceId ?? '';
    const fault = { name: 'never-ready' } as const;
    const failed = await end(host.core.simulator.run(appId, [deviceId], { fault, isRealTime: false }));
    expect(failed).toMatchObject({ outcome: 'failed', version: '1.0.0' });
    expect(host.core.devices.get(appId, deviceId).state).toEqual({ kind: 'rolled_back', version: '1.0.1' });
    const again = await end(host.core.simulator.run(appId, [deviceId], { isRealTime: false }));
    expect(again).toMatchObject({ outcome: 'blocked', version: '1.0.0', bytes: 0 });
  });
});

describe('a virtual device that was added', () => {
  it('goes on with a part only in the release that it is of: encrypted files differ (clients.md §6.4)', async () => {
    const { simulator, keys } = host.core;
    await keys.create('work');
    await host.publish(soundBuild, '1.0.1', { key: 'work' });
    const key = { kind: 'vault', name: 'work' } as const;
    const [device] = await simulator.add(appId, { platform: 'android', nativeVersion: '1.0.0', key }, 1);
    const deviceIds = [device?.deviceId ?? ''];
    const drop = { fault: { name: 'drop' }, isRealTime: false } as const;
    const resumed = ({ requests }: SimulationReport) =>
      requests.filter(({ rangeStart }) => rangeStart !== undefined).map(({ status }) => status);

    expect(await end(simulator.run(appId, deviceIds, drop))).toMatchObject({ outcome: 'failed' });
    // The same files in a release with another session key: half of the one and half of the other open to nothing.
    await host.publish(soundBuild, '1.0.2', { key: 'work' });
    const other = await end(simulator.run(appId, deviceIds, drop));
    expect(resumed(other)).toEqual([200]);
    const same = await end(simulator.run(appId, deviceIds, { isRealTime: false }));
    expect(same).toMatchObject({ outcome: 'updated', version: '1.0.2' });
  });

  it('keeps its bundles, reuses files, and is removed with everything', async () => {
    await host.publish(soundBuild, '1.0.1');
    const { simulator } = host.core;
    const [device] = await simulator.add(appId, { platform: 'android', nativeVersion: '1.0.0' }, 1);
    const deviceId = device?.deviceId ?? '';
    await end(simulator.run(appId, [deviceId], { isRealTime: false }));
    expect(simulator.get(appId, deviceId)).toMatchObject({ bundleVersion: '1.0.1', lastRun: { outcome: 'updated' } });

    await host.publish({ ...soundBuild, 'more.txt': 'more' }, '1.0.2');
    const second = await end(simulator.run(appId, [deviceId], { isRealTime: false }));
    expect(second).toMatchObject({ outcome: 'updated', version: '1.0.2' });
    expect(second.reused).toBeGreaterThan(0);

    simulator.remove(appId, deviceId);
    expect(simulator.list(appId)).toEqual([]);
    expect(() => host.core.devices.get(appId, deviceId)).toThrow('DEVICE_NOT_FOUND');
    // Its contents go with the next run of any.
    await simulate();
    const left = await readdir(join(host.dataDir, 'virtual-devices'), { recursive: true }).catch(() => []);
    expect(left.filter((name) => name.length > 60)).toEqual([]);
  });

  it.each([
    ['plain', {}],
    ['encrypted', { key: 'work' }],
    ['encrypted, without delta files', { key: 'work', delta: false }],
  ] as const)('has a release as the bundle that came with its app: %s', async (_, options) => {
    const { keys, simulator } = host.core;
    await keys.create('work');
    await host.publish(soundBuild, '1.0.0', options);
    const key = { kind: 'vault', name: 'work' } as const;
    const builtin = { kind: 'release', version: '1.0.0' } as const;
    const profile = { platform: 'android', framework: 'cordova', nativeVersion: '1.0.0', key, builtin } as const;
    const [device] = await simulator.add(appId, profile, 1);
    const count = Object.keys(soundBuild).length;
    expect(device).toMatchObject({ builtin: { name: '1.0.0', files: count }, framework: 'cordova' });
    await host.publish({ ...soundBuild, 'more.txt': 'more' }, '1.0.1', { key: 'work' });
    const report = await end(simulator.run(appId, [device?.deviceId ?? ''], { isRealTime: false }));
    expect(report).toMatchObject({ outcome: 'updated', version: '1.0.1', files: { fetched: 1, builtin: count } });
    expect(simulator.get(appId, device?.deviceId ?? '').lastRun?.files).toEqual(report.files);
  });

  it('is not made with a bundle that is none', async () => {
    const { simulator } = host.core;
    await host.publish(soundBuild, '1.0.0');
    const add = (builtin: BuiltinSource) =>
      simulator.add(appId, { platform: 'android', nativeVersion: '1.0.0', builtin }, 1);
    await expect(add({ kind: 'release', version: '9.9.9' })).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(add({ kind: 'path', path: 'dist' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(add({ kind: 'path', path: '/tmp/\0' })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(add({ kind: 'path', path: host.dataDir })).rejects.toMatchObject({ code: 'BUILTIN_WITHOUT_INDEX' });
    expect(simulator.list(appId)).toEqual([]);
  });

  it('is added and run in one job, which reads its built-in bundle first and adds nothing when that fails', async () => {
    const { simulator } = host.core;
    await host.publish(soundBuild, '1.0.0');
    const count = Object.keys(soundBuild).length;
    const profile = (builtin: BuiltinSource) => ({ platform: 'android', nativeVersion: '1.0.0', builtin }) as const;
    const refused = await simulator.addAndRun(appId, profile({ kind: 'path', path: host.dataDir }), 2);
    const { state, error, steps } = await host.core.jobs.wait(refused);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'BUILTIN_WITHOUT_INDEX' });
    expect(steps.map(({ name }) => name)).toEqual(['builtin', 'devices']);
    expect(simulator.list(appId)).toEqual([]);

    await host.publish({ ...soundBuild, 'more.txt': 'more' }, '1.0.1');
    const report = await end(await simulator.addAndRun(appId, profile({ kind: 'release', version: '1.0.0' }), 2));
    expect(report.devices).toHaveLength(2);
    expect(simulator.list(appId)).toMatchObject(
      [1, 2].map(() => ({ builtin: { files: count }, bundleVersion: '1.0.1', lastRun: { outcome: 'updated' } })),
    );
  });

  it('says what it was made to say: its running bundle, its build and where it runs, in every cycle', async () => {
    await host.publish(soundBuild, '1.0.1');
    const { simulator } = host.core;
    const build = { nativeCode: '140', isEmulator: false, isProd: false };
    const profile = { platform: 'android', nativeVersion: '1.0.0', build } as const;
    const [device] = await simulator.add(appId, profile, 1, '0.9.9');
    const deviceId = device?.deviceId ?? '';
    expect(device?.bundleVersion).toBe('0.9.9');
    await end(simulator.run(appId, [deviceId], { fault: { name: 'file-404' }, isRealTime: false }));
    const wanted = { version_name: '0.9.9', version_code: '140', is_emulator: false, is_prod: false };
    for (let cycle = 0; cycle < 2; cycle += 1) {
      const { requests } = await end(
        simulator.run(appId, [deviceId], { fault: { name: 'file-404' }, isRealTime: false }),
      );
      expect(requests.find(({ url }) => url.endsWith('/updates'))?.request).toMatchObject(wanted);
    }
    expect(host.core.devices.get(appId, deviceId)).toMatchObject({
      isEmulator: false,
      isProd: false,
      nativeCode: '140',
    });
  });

  it('chooses a channel by itself, and the server sees it', async () => {
    const { simulator } = host.core;
    const [device] = await simulator.add(appId, { platform: 'ios', nativeVersion: '1.0.0', channel: '' }, 1);
    const deviceId = device?.deviceId ?? '';
    const listed = await simulator.channel(appId, deviceId, { call: 'list' });
    expect(listed).toMatchObject({ isDone: true, channels: ['production'] });
    const refused = await simulator.channel(appId, deviceId, { call: 'set', channel: 'nowhere' });
    expect(refused.isDone).toBe(false);
    expect(simulator.get(appId, deviceId).chosenChannel).toBeNull();
  });

  it('has only the public part of its key in the data folder', async () => {
    await host.core.keys.create('work');
    const key = { kind: 'vault', name: 'work' } as const;
    const [device] = await host.core.simulator.add(appId, { platform: 'ios', nativeVersion: '1.0.0', key }, 1);
    expect(device?.keyId).toMatch(/^MIIBCgKCAQEA/);
    await host.publish(soundBuild, '1.0.1', { key: 'work' });
    const database = await readFile(join(host.dataDir, 'slipway.sqlite'), 'latin1');
    expect(database).not.toContain('BEGIN RSA PRIVATE KEY');
  });
});

describe('conformance of our own server (protocol/clients.md §13)', () => {
  const check = () =>
    runConformance({
      updateUrl: host.urls.update,
      statsUrl: host.urls.stats,
      channelUrl: host.urls.channel,
      appId,
      nativeVersion: '1.0.0',
      isReadOnly: false,
    });
  const notOk = async (): Promise<string[]> =>
    (await check()).checks.filter(({ status }) => status !== 'ok').map(({ id, status }) => `${id} ${status}`);

  it('holds with nothing published', async () => {
    expect((await check()).ok).toBe(true);
  });

  it('holds with a release and its delta files, all rows but those of builtin, encryption and 429', async () => {
    await host.publish(soundBuild, '1.0.1');
    expect(await notOk()).toEqual(['13.9 skipped', '13.13 skipped', '13.14 skipped', '13.26 skipped']);
  });

  it('holds with encrypted releases, whose equal files have other bodies', async () => {
    await host.core.keys.create('work');
    await host.publish(soundBuild, '1.0.0', { key: 'work' });
    await host.publish(soundBuild, '1.0.1', { key: 'work', allowKeyMismatch: true });
    const { ok, checks } = await check();
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(ok).toBe(true);
  });

  it('holds with a channel that offers the bundle of the store', async () => {
    await host.publish(soundBuild, '1.0.1');
    host.core.channels.setTarget({ appId, channel: 'production' }, { kind: 'builtin' });
    const { ok, checks } = await check();
    expect(checks.find(({ id }) => id === '13.9')).toMatchObject({ status: 'ok' });
    expect(ok).toBe(true);
  });
});
