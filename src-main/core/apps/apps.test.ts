import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { NetworkInterfaceInfo } from 'node:os';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { appSchema } from '#contract/models/app.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { AppError } from '../app-error.ts';
import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock, type Ports } from '../ports.ts';
import { databaseFileName, openDatabase } from '../storage/database.ts';
import { createJobRepository } from '../storage/job-repository.ts';

const appId = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let services: Services;
let listener: { port: number | null; host: string };

const wifi: NetworkInterfaceInfo = {
  address: '192.168.1.20',
  family: 'IPv4',
  internal: false,
  mac: '02:00:00:00:00:01',
  netmask: '255.255.255.0',
  cidr: '192.168.1.20/24',
};

const ports = (): Ports => ({
  clock: systemClock,
  logger: silentLogger,
  deviceOrigin: {
    loopback: () => Promise.reject(new AppError('DEVICE_LISTENER_DOWN')),
    port: () => listener.port,
    host: () => listener.host,
  },
  network: { interfaces: () => ({ wlan0: [wifi], lo: [{ ...wifi, address: '127.0.0.1', internal: true }] }) },
  secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
});

beforeEach(async () => {
  listener = { port: 8787, host: '0.0.0.0' };
  folder = await temporaryFolder();
  services = await createServices(ports(), folder.at('data'));
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('an app', () => {
  it('begins with its id as its name, a token of 128 bits, and a default channel that offers nothing', () => {
    const app = appSchema.parse(services.apps.add({ appId }));
    expect(app.name).toBe(appId);
    expect(Buffer.from(app.token, 'base64url')).toHaveLength(16);
    expect(services.channels.list(appId)).toMatchObject([
      { name: app.defaultChannel, isDefault: true, target: { kind: 'none' } },
    ]);
  });

  it.each([
    '',
    'app',
    'com..app',
    '.com.app',
    'com.app.',
    'com.a pp',
    'com/app',
    `com.${'a'.repeat(300)}`,
    '__proto__',
  ])('cannot have the id %j', (bad) => {
    expect(() => services.apps.add({ appId: bad })).toThrow('APP_ID_INVALID');
  });

  it('cannot be added twice', () => {
    services.apps.add({ appId });
    expect(() => services.apps.add({ appId })).toThrow('APP_EXISTS');
  });

  it('lists where devices reach it, the best address first, and nowhere while the listener is down', () => {
    const { token } = services.apps.add({ appId });
    expect(services.apps.get(appId).endpoints.map(({ updateUrl }) => updateUrl)).toEqual([
      `http://192.168.1.20:8787/${token}/updates`,
      `http://127.0.0.1:8787/${token}/updates`,
    ]);
    listener.host = '127.0.0.1';
    expect(services.apps.get(appId).endpoints.map(({ address }) => address)).toEqual(['127.0.0.1']);
    listener.port = null;
    expect(services.apps.get(appId).endpoints).toEqual([]);
  });

  it('is found by its token only until it gets a new one', () => {
    const { token: old } = services.apps.add({ appId });
    expect(services.directory.byToken(old)?.appId).toBe(appId);
    const { token } = services.apps.rotateToken(appId);
    expect(services.directory.byToken(old)).toBeUndefined();
    expect(services.directory.byToken(token)?.appId).toBe(appId);
  });

  it('is not known any more once it is removed', async () => {
    const { token } = services.apps.add({ appId });
    await services.apps.remove(appId);
    expect(services.directory.byToken(token)).toBeUndefined();
    expect(services.directory.byId(appId)).toBeUndefined();
    expect(() => services.apps.get(appId)).toThrow('APP_NOT_FOUND');
    await expect(services.apps.remove(appId)).rejects.toThrow('APP_NOT_FOUND');
  });

  it('is announced whenever it changes', async () => {
    const heard: string[] = [];
    services.events.subscribe(({ name }) => heard.push(name));
    services.apps.add({ appId });
    services.apps.rename(appId, 'New');
    services.apps.rotateToken(appId);
    await services.apps.remove(appId);
    expect(heard).toEqual(Array.from({ length: 4 }, () => 'app.changed'));
  });
});

describe('a data folder that a killed program left', () => {
  it.each([
    ['in a publish: cleared of staging and of files that no release needs', true],
    ['at rest: cleared of staging; unused files stay until gc is told to go', false],
  ])('%s', async (_, hadJob) => {
    services.apps.add({ appId });
    await services[Symbol.asyncDispose]();
    if (hadJob) {
      using database = openDatabase(folder.at(`data/${databaseFileName}`), folder.at('data'));
      createJobRepository(database).save({
        jobId: 'publish-1',
        kind: 'publish',
        title: 'dist',
        appId: null,
        state: 'running',
        progress: 0,
        steps: [],
        error: null,
        result: null,
        startedAt: new Date().toISOString(),
        endedAt: null,
      });
    }
    await mkdir(folder.at('data/staging/publish-1'), { recursive: true });
    await writeFile(folder.at('data/staging/publish-1/bundle.zip'), 'half');
    await mkdir(folder.at('data/blobs/ab'), { recursive: true });
    await writeFile(folder.at(`data/blobs/ab/ab${'0'.repeat(62)}`), 'orphan');
    services = await createServices(ports(), folder.at('data'));
    expect(await readdir(folder.at('data/staging'))).toEqual([]);
    expect(await readdir(folder.at('data/blobs/ab'))).toHaveLength(hadJob ? 0 : 1);
    expect(services.apps.list()).toHaveLength(1);
  });

  it('is made for its owner alone', async () => {
    const { mode } = await stat(folder.at('data'));
    expect(process.platform === 'win32' ? 0o700 : mode & 0o777).toBe(0o700);
  });

  it('cannot be a file', async () => {
    await writeFile(folder.at('file'), '');
    await expect(createServices(ports(), folder.at('file'))).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    expect(await readFile(folder.at('file'), 'utf8')).toBe('');
  });
});

describe('recent builds', () => {
  it('are the last twenty, newest first, each once and with the app it belongs to', () => {
    for (let index = 0; index < 25; index += 1) services.builds.remember(`/builds/${index}`, null);
    services.builds.remember('/builds/10', appId);
    services.builds.remember('/builds/10', null);
    const recent = services.builds.recent();
    expect(recent).toHaveLength(20);
    expect(recent[0]).toMatchObject({ path: '/builds/10', appId });
    services.builds.forgetRecent('/builds/10');
    expect(services.builds.recent()[0]?.path).toBe('/builds/24');
  });
});
