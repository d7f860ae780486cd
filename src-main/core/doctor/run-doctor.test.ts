import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { DeviceListener, DoctorCheck } from '#contract/models/server.ts';
import { AppError } from '#core/app-error.ts';
import type { InterfaceTable } from '#core/connect/addresses.ts';

import type { CommandResult, DoctorSystem } from './doctor-system.ts';
import { realDoctorSystem } from './doctor-system.ts';
import { checkFirewall } from './firewall.ts';
import { checkDatabase, checkListener } from './machine-checks.ts';
import { checkProject } from './project-checks.ts';
import { runDoctor } from './run-doctor.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-doctor-'));
});
afterEach(async () => {
  await chmod(dir, 0o700);
  await rm(dir, { recursive: true, force: true });
});

async function put(path: string, content: unknown): Promise<void> {
  const target = join(dir, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

const mac = '8c:85:90:aa:bb:cc';
const interfaces: InterfaceTable = {
  lo: [{ address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac, internal: true, cidr: null }],
  wlan0: [{ address: '192.168.1.20', netmask: '255.255.255.0', family: 'IPv4', mac, internal: false, cidr: null }],
};
const lan = { interface: 'wlan0', address: '192.168.1.20', family: 'IPv4', kind: 'lan' } as const;

function running(port: number, host = '0.0.0.0'): DeviceListener {
  return { state: 'running', host, port, urls: [], error: null };
}

function system(parts: Partial<DoctorSystem> = {}): DoctorSystem {
  return {
    platform: 'linux',
    programPath: '/opt/slipway',
    run: () => Promise.resolve(null),
    readText: () => Promise.resolve(null),
    get: () => Promise.resolve({ status: 200, text: '{"status":"ok"}' }),
    tryPort: () => Promise.resolve('free'),
    ...parts,
  };
}

function byId(checks: readonly DoctorCheck[]): Record<string, DoctorCheck> {
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

describe('runDoctor', () => {
  const base = {
    listener: running(8787),
    interfaces,
    now: () => Date.now(),
    countApps: () => 2,
    findApp: () => undefined,
    recentDevices: 0,
  };

  it('is content with a sound machine, and leaves nothing in the data folder', async () => {
    const { ok, checks } = await runDoctor({ ...base, dataDir: dir, system: system() });
    expect(ok).toBe(true);
    expect(checks.map((check) => check.id)).toEqual([
      'data_folder',
      'clock',
      'disk_space',
      'database',
      'apps',
      'device_listener',
      'device_port',
      'device_reachable',
      'lan_address',
      'firewall',
    ]);
    expect(checks.filter((check) => check.status === 'error')).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('gives every check that is not fine a fix', async () => {
    const { ok, checks } = await runDoctor({
      ...base,
      dataDir: join(dir, 'missing'),
      now: () => 0,
      interfaces: {},
      countApps: () => Promise.reject(new AppError('DATABASE_DAMAGED', { dataDir: 'x', reason: 'y' })),
      system: system({ get: () => Promise.resolve(null) }),
      projectDir: dir,
    });
    expect(ok).toBe(false);
    const found = byId(checks);
    const broken = ['data_folder', 'clock', 'database', 'device_listener', 'project.config'];
    expect(broken.filter((id) => found[id]?.status !== 'error')).toEqual([]);
    const unhelpful = checks.filter((check) => ['error', 'warning'].includes(check.status) && !check.fix);
    expect(unhelpful).toEqual([]);
  });

  it('stops when asked to', async () => {
    const run = runDoctor({ ...base, dataDir: dir, system: system(), signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('checkListener', () => {
  it('asks the real listener, here and at the address for phones', async () => {
    await using server = createServer((_, response) => void response.end('{"status":"ok"}'));
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const addresses = [{ interface: 'lo', address: '127.0.0.1', family: 'IPv4', kind: 'loopback' } as const];
    const found = byId(await checkListener(running(port, '127.0.0.1'), addresses, realDoctorSystem));
    expect(found['device_listener']?.status).toBe('ok');
    expect(found['device_reachable']).toMatchObject({
      status: 'warning',
      fix: expect.stringContaining('0.0.0.0') as string,
    });
  });

  it('tells another program on the port from ours', async () => {
    const other = system({ get: () => Promise.resolve({ status: 200, text: '<html>' }) });
    expect(byId(await checkListener(running(8787), [lan], other))['device_listener']?.status).toBe('error');
  });

  it('finds out why a closed listener cannot open', async () => {
    await using taken = createServer();
    await new Promise<void>((done) => void taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    const stopped: DeviceListener = { state: 'stopped', host: '127.0.0.1', port, urls: [], error: null };
    const found = byId(await checkListener(stopped, [], realDoctorSystem));
    expect(found['device_listener']?.status).toBe('skipped');
    expect(found['device_port']).toMatchObject({
      status: 'error',
      message: expect.stringContaining('taken') as string,
    });
    expect(byId(await checkListener({ ...stopped, port: 0 }, [], realDoctorSystem))['device_port']?.status).toBe('ok');
  });

  it('repeats what the listener failed with', async () => {
    const failed: DeviceListener = {
      state: 'failed',
      host: '10.1.1.1',
      port: 1,
      urls: [],
      error: { code: 'ADDRESS_NOT_AVAILABLE', params: { host: '10.1.1.1' } },
    };
    const checks = await checkListener(failed, [], system({ tryPort: () => Promise.resolve('EADDRNOTAVAIL') }));
    expect(checks.map((check) => check.message)).toEqual([
      'This machine has no address 10.1.1.1.',
      'This machine has no address 10.1.1.1.',
    ]);
  });
});

describe('checkDatabase', () => {
  it('says nothing of paths when the database fails in an unknown way', async () => {
    const [check] = await checkDatabase(() => Promise.reject(new Error('cannot open /home/someone/secret.db')));
    expect(check?.status).toBe('error');
    expect(check?.message).not.toContain('someone');
  });
});

describe('checkFirewall', () => {
  const answer = (exitCode: number, output: string): Promise<CommandResult> => Promise.resolve({ exitCode, output });

  it.each<[string, Partial<DoctorSystem>, string, string | undefined]>([
    ['ufw on', { readText: () => Promise.resolve('# x\nENABLED=yes\n') }, 'warning', 'sudo ufw allow 8787/tcp'],
    ['ufw off', { readText: () => Promise.resolve('ENABLED=no\n') }, 'skipped', 'nft'],
    ['firewalld open', { run: () => answer(0, 'yes\n') }, 'ok', undefined],
    ['firewalld shut', { run: () => answer(1, 'no\n') }, 'warning', 'firewall-cmd --add-port=8787/tcp'],
    ['firewalld not running', { run: () => answer(252, 'FirewallD is not running\n') }, 'skipped', 'nft'],
    ['macOS off', { platform: 'darwin', run: () => answer(0, 'Firewall is disabled. (State = 0)') }, 'ok', undefined],
    [
      'macOS on',
      { platform: 'darwin', run: () => answer(0, 'Firewall is enabled. (State = 1)') },
      'warning',
      '--unblockapp',
    ],
    [
      'Windows off',
      { platform: 'win32', run: () => answer(0, '  EnableFirewall    REG_DWORD    0x0') },
      'ok',
      undefined,
    ],
    [
      'Windows on, no rule',
      {
        platform: 'win32',
        run: (command) =>
          command === 'reg' ? answer(0, '  EnableFirewall    REG_DWORD    0x1') : answer(1, 'No rules'),
      },
      'warning',
      'localport=8787',
    ],
    ['another system', { platform: 'freebsd' }, 'skipped', '8787'],
  ])('%s', async (_, parts, status, fix) => {
    const check = await checkFirewall({ system: system(parts), port: 8787, recentDevices: 0 });
    expect(check.status).toBe(status);
    expect(check.fix ?? '').toContain(fix ?? '');
  });

  it('believes a device that came through', async () => {
    const on = system({ readText: () => Promise.resolve('ENABLED=yes') });
    expect((await checkFirewall({ system: on, port: 1, recentDevices: 1 })).status).toBe('ok');
  });
});

describe('checkProject', () => {
  const good = {
    autoUpdate: true,
    updateUrl: 'http://192.168.1.20:8787/TOKEN/updates',
    statsUrl: 'http://192.168.1.20:8787/TOKEN/stats',
    channelUrl: 'http://192.168.1.20:8787/TOKEN/channel_self',
  };
  const config = (updater: object, rest: object = {}) => ({
    appId: 'com.example.app',
    webDir: 'www',
    ...rest,
    plugins: { CapacitorUpdater: updater },
  });
  const look = async () =>
    byId(
      await checkProject({
        dir,
        addresses: [lan],
        port: 8787,
        findApp: (appId) => (appId === 'com.example.app' ? { token: 'TOKEN' } : undefined),
      }),
    );

  beforeEach(async () => {
    await put('www/index.html', '');
    await put('package.json', { dependencies: { '@capgo/capacitor-updater': '8.51.23' } });
  });

  it('finds nothing wrong with a project that points here and was synced', async () => {
    await put('capacitor.config.json', config(good));
    await put('android/app/src/main/assets/capacitor.config.json', config(good));
    await put('android/app/src/main/AndroidManifest.xml', '<application />');
    await put(
      'android/app/src/debug/AndroidManifest.xml',
      '<application android:networkSecurityConfig="@xml/debug" />',
    );
    await put('android/app/src/debug/res/xml/debug.xml', '<base-config cleartextTrafficPermitted="true" />');
    await put('ios/App/App/capacitor.config.json', config(good));
    await put(
      'ios/App/App/Info.plist',
      '<key>NSAppTransportSecurity</key><dict><key>NSAllowsLocalNetworking</key>\n<true/></dict>',
    );
    const checks = await look();
    expect(Object.values(checks).filter((check) => check.status !== 'ok')).toEqual([]);
    expect(JSON.stringify(checks)).not.toContain('TOKEN');
  });

  it.each<[string, object, string, string]>([
    ['a missing updateUrl', { ...good, updateUrl: undefined }, 'project.update_url', 'error'],
    [
      'a missing statsUrl, which leaks to Capgo’s cloud',
      { ...good, statsUrl: undefined },
      'project.stats_url',
      'warning',
    ],
    [
      'Capgo’s own address',
      { ...good, channelUrl: 'https://plugin.capgo.app/channel_self' },
      'project.channel_url',
      'warning',
    ],
    [
      'another machine',
      { ...good, updateUrl: 'http://192.168.1.99:8787/TOKEN/updates' },
      'project.update_url',
      'warning',
    ],
    ['another port', { ...good, updateUrl: 'http://192.168.1.20/TOKEN/updates' }, 'project.update_url', 'warning'],
    ['an old token', { ...good, updateUrl: 'http://192.168.1.20:8787/OLD/updates' }, 'project.update_url', 'error'],
    ['something that is no address', { ...good, updateUrl: 'javascript:alert(1)' }, 'project.update_url', 'error'],
    ['updates turned off', { ...good, autoUpdate: 'off' }, 'project.auto_update', 'warning'],
    ['a public key', { ...good, publicKey: '-----BEGIN RSA PUBLIC KEY-----\n' }, 'project.public_key', 'warning'],
    ['a public key that is none', { ...good, publicKey: 'abc' }, 'project.public_key', 'error'],
  ])('sees %s', async (_, updater, id, status) => {
    await put('capacitor.config.json', config(updater));
    const check = (await look())[id];
    expect(check?.status).toBe(status);
    expect(check?.fix).toBeTruthy();
  });

  it('accepts the addresses of emulators and simulators', async () => {
    await put('capacitor.config.json', config({ ...good, updateUrl: 'http://10.0.2.2:8787/TOKEN/updates' }));
    expect((await look())['project.update_url']?.status).toBe('ok');
  });

  it('sees server.url, the stray plugin, http that the platforms block and a copy that was not synced', async () => {
    await put('capacitor.config.json', config(good, { server: { url: 'http://192.168.1.3:5173' } }));
    await put('package.json', { dependencies: { '@capgo/capacitor-updater': 'latest' } });
    await put('android/app/src/main/assets/capacitor.config.json', config({ ...good, statsUrl: 'http://old' }));
    await put(
      'android/app/src/main/AndroidManifest.xml',
      '<application ><!-- android:usesCleartextTraffic="true" --></application>',
    );
    await put('ios/App/App/Info.plist', '<dict></dict>');
    const checks = await look();
    const broken = ['server_url', 'plugin', 'android_cleartext', 'ios_ats'];
    expect(broken.filter((id) => checks[`project.${id}`]?.status !== 'error')).toEqual([]);
    expect(checks['project.android_synced']).toMatchObject({
      status: 'warning',
      message: 'The android project has an older config: statsUrl, server.url.',
      fix: expect.stringContaining('npx cap sync android') as string,
    });
    expect(checks['project.ios_synced']?.message).toContain('no copy of the config yet');
  });

  it('copes with a project that computes, lacks or breaks everything', async () => {
    await put('capacitor.config.ts', 'export default make();');
    expect((await look())['project.config']?.status).toBe('warning');
    await put('capacitor.config.ts', 'export default {');
    expect((await look())['project.config']?.status).toBe('error');
    await rm(join(dir, 'capacitor.config.ts'));
    expect((await look())['project.config']).toMatchObject({ status: 'error', fix: expect.any(String) as string });
  });
});
