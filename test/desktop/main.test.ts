import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Reply } from '#contract/errors.ts';

import { createFakeElectron, type FakeElectron, type FakeOptions, type FakeWindow } from './fake-electron.ts';

let dir: string;
let dataDir: string;
let running: FakeElectron | undefined;
const argv = process.argv;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-main-'));
  dataDir = join(dir, 'data');
});

afterEach(async () => {
  running?.app.quit();
  await running?.exited;
  running = undefined;
  process.argv = argv;
  process.removeAllListeners('SIGTERM');
  process.removeAllListeners('SIGINT');
  await rm(dir, { recursive: true, force: true });
});

/** Runs the real main entry on a fake Electron; resolves when the window is shown, or the program has ended. */
async function start(options: Partial<FakeOptions> = {}, args: readonly string[] = []): Promise<FakeElectron> {
  const electron = createFakeElectron({ appDataDir: join(dir, 'profile'), appPath: process.cwd(), ...options });
  process.argv = ['electron', process.cwd(), '--data-dir', dataDir, '--port', '0', '--host', '127.0.0.1', ...args];
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  await import('#hosts/desktop/main.ts');
  running = electron;
  electron.becomeReady();
  await vi.waitUntil(() => electron.windows[0]?.isShown || electron.dialogs.length > 0, { timeout: 20_000 });
  return electron;
}

function windowOf(electron: FakeElectron): FakeWindow {
  const [window] = electron.windows;
  if (!window) throw new Error('there is no window');
  return window;
}

async function call(electron: FakeElectron, path: unknown, input: unknown = {}): Promise<Reply> {
  const { webContents } = windowOf(electron);
  return (await electron.invoke(webContents, webContents.mainFrame, 'api:call', path, input)) as Reply;
}

function openedPaths(window: FakeWindow): unknown[] {
  return window.webContents.sent
    .map(({ args }) => args[0] as { name: string; payload: { paths: string[] } })
    .filter(({ name }) => name === 'paths.opened')
    .flatMap(({ payload }) => payload.paths);
}

describe('the desktop program', () => {
  it('opens one sandboxed, isolated window on its own page, with the preload', async () => {
    const electron = await start();
    const { options, webContents } = windowOf(electron);
    expect(electron.windows).toHaveLength(1);
    expect(webContents.url).toBe('app://slipway/index.html');
    expect(options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      preload: expect.stringMatching(/preload[\\/]index\.cjs$/) as string,
    });
    expect(options['icon']).toMatchObject({ path: expect.stringMatching(/icons[\\/]icon-256\.png$/) as string });
    expect(electron.log).toContain('sandbox');
    expect(electron.privileged).toEqual([expect.objectContaining({ scheme: 'app' })]);
  });

  it('answers calls of its page and sends it events', async () => {
    const electron = await start();
    expect(await call(electron, 'server.status')).toMatchObject({
      ok: true,
      value: { hostKind: 'desktop', dataDir, capabilities: ['pick-folder', 'reveal', 'real-paths'] },
    });
    expect(await call(electron, 'apps.add', { appId: 'com.example.app' })).toMatchObject({ ok: true });
    const { sent } = windowOf(electron).webContents;
    expect(sent).toContainEqual({
      channel: 'api:event',
      args: [{ name: 'app.changed', payload: { appId: 'com.example.app' } }],
    });
  });

  it('answers nonsense with a code', async () => {
    const electron = await start();
    expect(await call(electron, 'no.such')).toMatchObject({ ok: false, error: { code: 'UNKNOWN_PROCEDURE' } });
    expect(await call(electron, 42)).toMatchObject({ ok: false, error: { code: 'UNKNOWN_PROCEDURE' } });
    expect(await call(electron, '__proto__.toString')).toMatchObject({ ok: false });
    expect(await call(electron, 'apps.add', { appId: 7 })).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('refuses other senders: another window, a frame inside the page, another page, a frame that is gone', async () => {
    const electron = await start();
    const { webContents } = windowOf(electron);
    const foreign = new electron.module.BrowserWindow({}).webContents;
    const inner = { url: webContents.url, parent: webContents.mainFrame };
    electron.picks.push({ canceled: false, filePaths: ['/secret'] });
    const attempts = [
      [foreign, webContents.mainFrame],
      [webContents, inner],
      [webContents, { url: 'https://evil.example/', parent: null }],
      [webContents, { url: 'app://slipway.evil/', parent: null }],
      [webContents, null],
    ] as const;
    for (const [sender, frame] of attempts) {
      expect(await electron.invoke(sender, frame, 'api:call', 'apps.add', { appId: 'com.evil.app' })).toEqual({
        ok: false,
        error: { code: 'UNAUTHORIZED', params: {} },
      });
      expect(await electron.invoke(sender, frame, 'dialog:pick-folder')).toBeNull();
    }
    expect(await call(electron, 'apps.list')).toEqual({ ok: true, value: [] });
  });

  it('keeps the page where it is and lets nothing out', async () => {
    const electron = await start();
    const { webContents } = windowOf(electron);
    const navigate = (url: string) => {
      const event = { url, isPrevented: false, preventDefault: () => void (event.isPrevented = true) };
      webContents.emit('will-navigate', event);
      return event.isPrevented;
    };
    expect(navigate('https://evil.example/')).toBe(true);
    expect(navigate('file:///etc/passwd')).toBe(true);
    expect(navigate('app://slipway/index.html#/devices')).toBe(false);
    expect(webContents.openHandler?.({ url: 'https://capacitorjs.com/' })).toEqual({ action: 'deny' });
    expect(webContents.openHandler?.({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    expect(electron.opened).toEqual(['https://capacitorjs.com/']);

    expect(electron.isRequestAllowed('app://slipway/index.html')).toBe(true);
    expect(electron.isRequestAllowed('https://evil.example/x.js')).toBe(false);
    expect(electron.isRequestAllowed('http://127.0.0.1:8787/')).toBe(false);
    const permissions = ['media', 'geolocation', 'notifications', 'clipboard-read', 'clipboard-sanitized-write'];
    const granted = permissions.filter((permission) => {
      let isGranted = false;
      electron.guards.permission?.(webContents, permission, (is) => (isGranted = is), {
        requestingUrl: webContents.url,
      });
      return isGranted;
    });
    expect(granted).toEqual(['clipboard-sanitized-write']);
    expect(electron.guards.device?.()).toBe(false);
  });

  it('asks for a folder with the system’s dialog', async () => {
    const electron = await start();
    const { webContents } = windowOf(electron);
    const pick = () => electron.invoke(webContents, webContents.mainFrame, 'dialog:pick-folder');
    expect(await pick()).toBeNull();
    electron.picks.push({ canceled: false, filePaths: [dir] });
    expect(await pick()).toBe(dir);
  });

  it('offers the page what it was started with, what the dock brings and what a second start hands over', async () => {
    const builds = ['one', 'two', 'three'].map((name) => join(dir, name));
    for (const build of builds) await mkdir(build);
    const [one = '', two = '', three = ''] = builds;
    const electron = await start({}, [one, join(dir, 'missing')]);
    const window = windowOf(electron);
    let isPrevented = false;
    electron.app.emit('open-file', { preventDefault: () => (isPrevented = true) }, two);
    expect(isPrevented).toBe(true);
    // Nothing is lost before the page listens, and a stranger's word for it does not count.
    electron.sendFromPage(window.webContents, { url: 'https://evil.example/', parent: null }, 'api:listening');
    expect(openedPaths(window)).toEqual([]);
    electron.sendFromPage(window.webContents, window.webContents.mainFrame, 'api:listening');
    await expect.poll(() => openedPaths(window).length).toBe(2);
    expect(new Set(openedPaths(window))).toEqual(new Set([one, two]));

    window.isMinimizedNow = true;
    electron.app.emit('second-instance', {}, [], dir, { paths: [three, 7] });
    await expect.poll(() => openedPaths(window).length).toBe(3);
    expect(openedPaths(window)).toContain(three);
    expect(window.isMinimizedNow).toBe(false);
    electron.app.emit('second-instance', {}, [], dir, 'nonsense');
  });

  it('as a second start hands its paths over and ends', async () => {
    const electron = createFakeElectron({
      appDataDir: join(dir, 'profile'),
      appPath: process.cwd(),
      hasLock: false,
    });
    process.argv = ['electron', process.cwd(), '--data-dir', dataDir, dir];
    vi.resetModules();
    vi.doMock('electron', () => electron.module);
    await import('#hosts/desktop/main.ts');
    expect(await electron.exited).toBe(0);
    expect(electron.locks).toEqual([{ paths: [dir] }]);
    await expect(readFile(join(dataDir, 'slipway.sqlite'))).rejects.toThrow('ENOENT');
  });

  it('keeps Chromium’s files out of the data folder, one profile for each data folder', async () => {
    const electron = await start();
    expect(electron.getPath('userData')).toContain(join(dir, 'profile', 'Slipway Window'));
    expect(electron.getPath('userData')).not.toContain(dataDir);
  });

  it('closes the core with its window, frees the data folder and remembers the window’s place', async () => {
    const first = await start();
    windowOf(first).isMaximizedNow = true;
    first.closeWindow(windowOf(first));
    expect(await first.exited).toBe(0);
    expect(first.handlers.size).toBe(0);

    const second = await start();
    expect(windowOf(second).options).toMatchObject({ x: 40, y: 50, width: 1200, height: 700 });
    expect(windowOf(second).isMaximizedNow).toBe(true);
  });

  it('says that another program has the data folder, and ends with 1', async () => {
    const first = await start();
    const second = createFakeElectron({ appDataDir: join(dir, 'profile'), appPath: process.cwd() });
    vi.resetModules();
    vi.doMock('electron', () => second.module);
    await import('#hosts/desktop/main.ts');
    second.becomeReady();
    expect(await second.exited).toBe(1);
    expect(second.dialogs[0]?.content).toContain('Another Slipway is using the data folder');
    expect(second.windows).toHaveLength(0);
    expect(await call(first, 'apps.list')).toEqual({ ok: true, value: [] });
  });

  it('says that the data folder cannot be used, and ends with 1', async () => {
    await writeFile(join(dir, 'data'), 'a file in its place');
    const electron = await start();
    expect(await electron.exited).toBe(1);
    expect(electron.dialogs[0]?.content).toContain('cannot be used');
  });

  it('follows the settings with its colours and its menu', async () => {
    const electron = await start();
    await call(electron, 'settings.update', { appearance: 'dark', language: 'fr' });
    await expect.poll(() => electron.nativeTheme.themeSource).toBe('dark');
    expect(JSON.stringify(electron.menu())).toContain('Fichier');
  });

  it('shows the data folder when asked', async () => {
    const electron = await start();
    expect(await call(electron, 'server.revealDataFolder')).toMatchObject({ ok: true });
    expect(electron.opened).toEqual([dataDir]);
  });

  it('loads the page again when its process crashed', async () => {
    const electron = await start();
    const { webContents } = windowOf(electron);
    webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 });
    expect(webContents.reloads).toBe(1);
  });

  it('seals private keys in the keychain, and without a real one asks how to keep them', async () => {
    let electron = await start();
    expect(await call(electron, 'keys.create', { name: 'sealed' })).toMatchObject({ ok: true });
    expect(await call(electron, 'vault.status')).toMatchObject({ value: { kind: 'keychain', isLocked: false } });
    expect((await readdir(dataDir)).filter((name) => name.startsWith('secrets.'))).toEqual([]);
    electron.app.quit();
    await electron.exited;

    // `basic_text` is Chromium's word for a password that stands in its source.
    electron = await start({ storageBackend: 'basic_text' });
    expect(await call(electron, 'vault.status')).toMatchObject({
      value: { kind: 'undecided', backend: 'basic_text', isLocked: false },
    });
    expect(await call(electron, 'keys.create', { name: 'work' })).toMatchObject({ error: { code: 'VAULT_UNDECIDED' } });
    expect(await call(electron, 'vault.protect', { passphrase: 'correct horse' })).toMatchObject({
      value: { kind: 'passphrase', backend: 'basic_text', isLocked: false },
    });
    expect(await call(electron, 'keys.create', { name: 'work' })).toMatchObject({ ok: true });
    expect((await readdir(dataDir)).filter((name) => name.startsWith('secrets.'))).toEqual(['secrets.box']);
    electron.app.quit();
    await electron.exited;

    // With the keychain back, what was put under the passphrase still asks for it.
    electron = await start();
    expect(await call(electron, 'vault.status')).toMatchObject({ value: { kind: 'keychain', isLocked: true } });
    const exported = (name: string) => call(electron, 'keys.exportPrivate', { name, out: join(dir, `${name}.pem`) });
    expect(await exported('sealed')).toMatchObject({ ok: true });
    expect(await exported('work')).toMatchObject({ error: { code: 'VAULT_LOCKED' } });
    await call(electron, 'vault.unlock', { passphrase: 'correct horse' });
    expect(await exported('work')).toMatchObject({ ok: true });
  });
});
