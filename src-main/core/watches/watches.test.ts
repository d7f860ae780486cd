import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { watchSchema, type Watch } from '#contract/models/watch.ts';
import { startBundleListener, type BundleListener } from '#test/helpers/bundle-listener.ts';
import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { AppError } from '../app-error.ts';
import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock, type Ports } from '../ports.ts';

const appId = 'com.example.app';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: BundleListener;
let services: Services;
let isListenerDown: boolean;

const ports = (): Ports => ({
  clock: systemClock,
  logger: silentLogger,
  deviceOrigin: {
    ...listener.origin,
    loopback: () =>
      isListenerDown ? Promise.reject(new AppError('DEVICE_LISTENER_DOWN')) : listener.origin.loopback(),
  },
  network: { interfaces: () => ({}) },
  secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
});

const open = (): Promise<Services> => createServices(ports(), folder.at('data'));

beforeEach(async () => {
  isListenerDown = false;
  folder = await temporaryFolder();
  listener = await startBundleListener(() => services);
  services = await open();
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A build as bundlers write it: the page names a file whose name changes with its content. */
const buildOf = (text: string) => ({
  'index.html': `<!doctype html><script type="module" src="/assets/app-${text}.js"></script>`,
  [`assets/app-${text}.js`]: `CapacitorUpdater.notifyAppReady(); // ${text}`,
});

const write = (text: string, dir = 'dist') => writeTree(folder.at(dir), buildOf(text));

function add(options: Partial<Parameters<Services['watches']['add']>[0]> = {}): Promise<Watch> {
  return services.watches.add({
    appId,
    path: folder.at('dist'),
    channel: null,
    key: null,
    delta: true,
    allowWarnings: false,
    ...options,
  });
}

const versions = (): string[] =>
  services.appRepository.get(appId) ? services.releases.list(appId).map(({ version }) => version) : [];

async function until(check: () => boolean): Promise<void> {
  const deadline = performance.now() + 50_000;
  while (!check()) {
    if (performance.now() > deadline) {
      throw new Error(`not reached: ${JSON.stringify(services.watches.list())} ${JSON.stringify(versions())}`);
    }
    await delay(20);
  }
}

const untilPublished = (...expected: string[]) =>
  until(() => versions().join() === expected.join() && services.watches.list()[0]?.state === 'waiting');

describe('a watch', () => {
  it('publishes what is there, then each change, under the next version', async () => {
    await write('one');
    const watch = watchSchema.parse(await add());
    await untilPublished('1.0.0');
    await writeTree(folder.at('dist'), buildOf('two'));
    await untilPublished('1.0.1', '1.0.0');
    expect(services.watches.get(watch.watchId)).toMatchObject({
      lastResult: { kind: 'published', version: '1.0.1' },
      lastPublish: { version: '1.0.1' },
      mode: 'events',
    });
    expect(services.channels.list(appId)).toMatchObject([{ target: { version: '1.0.1' } }]);
  });

  it.each([
    ['the build folder', 'dist'],
    ['its parent', 'web'],
  ])('goes on after %s was deleted and made again, which build tools do', async (_, deleted) => {
    const dir = deleted === 'dist' ? 'dist' : 'web/dist';
    await write('one', dir);
    await add({ path: folder.at(dir) });
    await untilPublished('1.0.0');
    for (const text of ['two', 'three']) {
      await rm(folder.at(deleted), { recursive: true });
      await delay(30);
      await write(text, dir);
      await until(() => versions().length === (text === 'two' ? 2 : 3));
    }
    // A file inside of the folder that was made again is heard of as well.
    await until(() => services.watches.list()[0]?.state === 'waiting');
    await writeFile(folder.at(`${dir}/assets/late.txt`), 'late');
    await until(() => versions().length === 4);
    expect(versions()).toEqual(['1.0.3', '1.0.2', '1.0.1', '1.0.0']);
  });

  it('says that the folder is away, and comes back with it: a volume that was taken out', async () => {
    await write('one');
    await add();
    await untilPublished('1.0.0');
    await rename(folder.at('dist'), folder.at('elsewhere'));
    await until(() => services.watches.list()[0]?.state === 'missing');
    await rename(folder.at('elsewhere'), folder.at('dist'));
    await until(() => services.watches.list()[0]?.state === 'waiting');
    expect(versions()).toEqual(['1.0.0']);
    expect(services.watches.list()[0]?.lastResult).toMatchObject({ kind: 'unchanged' });
  });

  it('does not publish half a build: pages are waited for, and so is what they name', async () => {
    await write('one');
    await add();
    await untilPublished('1.0.0');
    await rm(folder.at('dist'), { recursive: true });
    await mkdir(folder.at('dist/assets'), { recursive: true });
    await writeFile(folder.at('dist/assets/other.js'), '1');
    await delay(700);
    const next = buildOf('two');
    await writeFile(folder.at('dist/index.html'), next['index.html'] ?? '');
    await delay(700);
    expect(versions()).toEqual(['1.0.0']);
    await writeTree(folder.at('dist'), next);
    await untilPublished('1.0.1', '1.0.0');
    expect(services.watches.list()[0]?.lastResult).toMatchObject({ kind: 'published' });
  });

  it('publishes nothing when only dates changed, nor what was published by hand before', async () => {
    await write('one');
    const byHand = { appId, source: { kind: 'path', path: folder.at('dist') }, allowWarnings: false } as const;
    await services.jobs.wait(services.releases.publish(byHand));
    await add();
    await until(() => services.watches.list()[0]?.lastResult?.kind === 'unchanged');
    const { at } = services.watches.list()[0]?.lastResult ?? { at: '' };
    await write('one');
    await until(() => (services.watches.list()[0]?.lastResult?.at ?? at) > at);
    expect(versions()).toEqual(['1.0.0']);
  });

  it('shows why a build was refused, and goes on with the next one', async () => {
    await write('one');
    const { watchId } = await add();
    await untilPublished('1.0.0');
    await writeFile(folder.at('dist/.env'), 'SECRET=1');
    await until(() => services.watches.get(watchId).lastResult?.kind === 'failed');
    expect(services.watches.get(watchId)).toMatchObject({
      isOn: true,
      lastResult: { error: { code: 'BUILD_HAS_ERRORS' }, findings: [{ code: 'SECRET_INCLUDED' }] },
      lastPublish: { version: '1.0.0' },
    });
    await rm(folder.at('dist/.env'));
    await write('two');
    await untilPublished('1.0.1', '1.0.0');
  });

  it('publishes builds with warnings only when that was chosen', async () => {
    await writeTree(folder.at('dist'), { ...buildOf('one'), 'app.js.map': '{}' });
    const { watchId } = await add();
    await until(() => services.watches.get(watchId).lastResult?.kind === 'failed');
    expect(services.watches.get(watchId).lastResult).toMatchObject({ error: { code: 'BUILD_HAS_WARNINGS' } });
    await services.watches.update(watchId, { allowWarnings: true });
    await untilPublished('1.0.0');
  });

  it('tries again when it is told to, after the listener was down', async () => {
    isListenerDown = true;
    await write('one');
    const { watchId } = await add();
    await until(() => services.watches.get(watchId).lastResult?.kind === 'failed');
    expect(services.watches.get(watchId).lastResult).toMatchObject({ error: { code: 'DEVICE_LISTENER_DOWN' } });
    expect(services.jobs.list()).toEqual([]);
    isListenerDown = false;
    services.watches.tryAgain(watchId);
    await untilPublished('1.0.0');
  });

  it('of a project watches its web folder, and never takes its sources for the build', async () => {
    await writeTree(folder.at('project'), {
      'capacitor.config.json': JSON.stringify({ appId, appName: 'Shop', webDir: 'dist' }),
      'index.html': '<!doctype html><script type="module" src="/src/main.ts"></script>',
      'src/main.ts': 'CapacitorUpdater.notifyAppReady()',
    });
    await add({ path: folder.at('project') });
    await until(() => services.watches.list()[0]?.state === 'missing');
    await write('one', 'project/dist');
    await untilPublished('1.0.0');
    expect(services.watches.list()[0]).toMatchObject({ folder: folder.at('project/dist') });
    await rm(folder.at('project/dist'), { recursive: true });
    await delay(600);
    expect(versions()).toEqual(['1.0.0']);
  });

  it('is off in one step, stays off over a restart, and on again takes up what happened meanwhile', async () => {
    await write('one');
    const { watchId } = await add();
    await untilPublished('1.0.0');
    expect(await services.watches.update(watchId, { isOn: false })).toMatchObject({ state: 'off', isOn: false });
    await write('two');
    await services[Symbol.asyncDispose]();
    services = await open();
    services.watches.resume();
    await delay(700);
    expect(versions()).toEqual(['1.0.0']);
    await services.watches.update(watchId, { isOn: true });
    await untilPublished('1.0.1', '1.0.0');
  });

  it('resumes after a restart without publishing the same again, also after a roll back', async () => {
    await write('one');
    await add();
    await untilPublished('1.0.0');
    await write('two');
    await untilPublished('1.0.1', '1.0.0');
    const first = services.releases.get(appId, '1.0.0');
    const [channel] = services.channels.list(appId);
    services.publishDeps.channels.pointAtRelease(channel?.id ?? 0, first.releaseId, Date.now());
    await services[Symbol.asyncDispose]();
    services = await open();
    services.watches.resume();
    await until(() => services.watches.list()[0]?.lastResult?.kind === 'unchanged');
    expect(versions()).toEqual(['1.0.1', '1.0.0']);
  });

  it('is one per folder and app, and goes with its app', async () => {
    await write('one');
    const first = await add();
    const [second, third] = await Promise.all([add({ allowWarnings: true }), add({ allowWarnings: true })]);
    expect([second?.watchId, third?.watchId]).toEqual([first.watchId, first.watchId]);
    await untilPublished('1.0.0');
    await services.apps.remove(appId);
    expect(services.watches.list()).toEqual([]);
    await write('two');
    await delay(600);
    expect(versions()).toEqual([]);
  });

  it.each([
    ['a file', 'file', 'WATCH_NEEDS_FOLDER'],
    ['a place where nothing is and nothing will be', 'no/such/folder', 'SOURCE_NOT_FOUND'],
    ['the data folder', 'data', 'WATCH_HOLDS_DATA'],
    ['what holds the data folder', '.', 'WATCH_HOLDS_DATA'],
  ])('is not made of %s', async (_, path, code) => {
    await writeFile(folder.at('file'), '');
    await expect(add({ path: folder.at(path) })).rejects.toMatchObject({ code });
    expect(services.watches.list()).toEqual([]);
    expect(services.apps.list()).toEqual([]);
  });
});
