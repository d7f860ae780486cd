import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openBrowser } from '#hosts/shared/open-browser.ts';

import { browserCommand, chromeCandidates, findInstalledChrome } from './browsers.ts';
import { hasDisplay } from './display.ts';
import { prepareElectron } from './electron-runtime.ts';
import { readServeLine } from './headless-start.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-launch-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('hasDisplay', () => {
  it('wants DISPLAY or WAYLAND_DISPLAY on Linux', () => {
    expect(hasDisplay('linux', {})).toBe(false);
    expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });

  it('takes macOS and Windows to have one, but not macOS over SSH', () => {
    expect(hasDisplay('darwin', {})).toBe(true);
    expect(hasDisplay('darwin', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' })).toBe(false);
    expect(hasDisplay('win32', {})).toBe(true);
  });
});

describe('browsers', () => {
  it('finds a Chromium on the path, and none where there is none', async () => {
    expect(await findInstalledChrome('linux', { PATH: root })).toBeNull();
    await writeFile(join(root, 'chromium'), '');
    await chmod(join(root, 'chromium'), 0o755);
    expect(await findInstalledChrome('linux', { PATH: `/nowhere:${root}` })).toBe(join(root, 'chromium'));
  });

  it('looks into the usual folders of macOS and Windows', () => {
    expect(chromeCandidates('darwin', { HOME: '/Users/a' })).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    expect(chromeCandidates('win32', { PROGRAMFILES: 'C:\\Program Files' })[0]).toContain('chrome.exe');
  });

  it('prefers an app window and falls back to the default browser of the system', () => {
    const url = 'http://127.0.0.1:1/?token=a&b=c';
    expect(browserCommand(url, '/usr/bin/chromium', 'linux')).toContain(`--app=${url}`);
    expect(browserCommand(url, null, 'linux')).toEqual(['xdg-open', url]);
    expect(browserCommand(url, null, 'darwin')).toEqual(['open', url]);
    expect(browserCommand(url, null, 'win32')).toEqual(['explorer.exe', url]);
  });

  it('says so when the browser cannot be started', async () => {
    expect(await openBrowser([join(root, 'no-such-program')])).toBe(false);
  });
});

describe('readServeLine', () => {
  it('makes an address with the token of the ready line', () => {
    const line = { event: 'ready', control: { url: 'http://127.0.0.1:4000/', token: 'a b' } };
    expect(readServeLine(JSON.stringify(line))).toEqual({ kind: 'ready', address: 'http://127.0.0.1:4000/?token=a+b' });
  });

  it('hands on a failure, and passes over everything else', () => {
    const error = { code: 'PORT_IN_USE', message: 'taken', hint: 'another one' };
    expect(readServeLine(JSON.stringify({ error }))).toEqual({ kind: 'failed', message: 'taken', hint: 'another one' });
    expect(readServeLine('not json')).toEqual({ kind: 'other' });
    expect(readServeLine('{"event":"ready","control":null}')).toEqual({ kind: 'other' });
  });
});

describe('prepareElectron', () => {
  const packageDir = () => join(root, 'node_modules', 'electron');
  const say = () => undefined;

  async function electronPackage(installer: string): Promise<void> {
    await mkdir(packageDir(), { recursive: true });
    await writeFile(join(packageDir(), 'package.json'), '{"version":"45.0.0"}');
    await writeFile(join(packageDir(), 'install.js'), installer);
  }

  it('uses a runtime that is there', async () => {
    await electronPackage('process.exit(1)');
    await mkdir(join(packageDir(), 'dist'));
    await writeFile(join(packageDir(), 'path.txt'), 'electron');
    await writeFile(join(packageDir(), 'dist', 'electron'), '');
    expect(await prepareElectron({ root, environment: {}, say })).toEqual({
      kind: 'found',
      executablePath: join(packageDir(), 'dist', 'electron'),
      version: '45.0.0',
    });
  });

  it("runs the package's own installer when the runtime is missing", async () => {
    await electronPackage(`
      const fs = require('node:fs');
      fs.mkdirSync(__dirname + '/dist');
      fs.writeFileSync(__dirname + '/dist/electron', '');
      fs.writeFileSync(__dirname + '/path.txt', 'electron');
    `);
    // A mirror that answers nothing: the installer may still succeed, from its cache.
    const found = await prepareElectron({ root, environment: { ELECTRON_MIRROR: 'http://192.0.2.1/' }, say });
    expect(found.kind).toBe('found');
  });

  it('gives up, and ends the installer, when the download server cannot be reached', async () => {
    await electronPackage('setInterval(() => undefined, 1000)');
    const result = await prepareElectron({
      root,
      environment: { ELECTRON_MIRROR: 'http://127.0.0.1:9/' },
      say,
      fromCacheMs: 300,
    });
    expect(result).toEqual({ kind: 'missing', reason: '127.0.0.1:9 cannot be reached' });
  });

  it('gives the reason of an installer that fails, and says when the package is absent', async () => {
    expect(await prepareElectron({ root, environment: {}, say })).toEqual({
      kind: 'missing',
      reason: 'the electron package is not installed',
    });
    await electronPackage('console.error("Error: disk is full."); process.exit(1)');
    const result = await prepareElectron({ root, environment: { ELECTRON_MIRROR: 'http://192.0.2.1/' }, say });
    expect(result).toEqual({ kind: 'missing', reason: 'Electron could not be fetched (Error: disk is full)' });
  });
});
