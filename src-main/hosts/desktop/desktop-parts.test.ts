import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { MenuItemConstructorOptions, Screen } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { existingPaths, readArguments } from './arguments.ts';
import { menuLanguage, menuTemplate } from './menu.ts';
import { readWindowPlace, writeWindowPlace } from './window-bounds.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-desktop-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('readArguments', () => {
  it('reads its own options and paths, and passes over those of Chromium', () => {
    const args = ['--inspect=0', '.', '--data-dir', 'D', '--port=8080', '--no-sandbox', '/builds/www', '--host', '::'];
    expect(readArguments(args, '/work')).toEqual({
      dataDir: 'D',
      host: '::',
      port: 8080,
      paths: [resolve('/work'), resolve('/builds/www')],
    });
  });

  it.each(['x', '-1', '65536', '1.5', ''])('takes no port from %j', (port) => {
    expect(readArguments([`--port=${port}`], '/').port).toBeUndefined();
  });

  it('keeps only paths that are there', async () => {
    expect(await existingPaths([dir, join(dir, 'nothing')])).toEqual([dir]);
  });
});

describe('window place', () => {
  const screen = {
    getAllDisplays: () => [{ workArea: { x: 0, y: 25, width: 1440, height: 875 } }],
  } as unknown as Screen;
  const place = { x: 100, y: 100, width: 900, height: 600, isMaximized: true };

  it('comes back as it was written', async () => {
    await writeWindowPlace(dir, place);
    expect(await readWindowPlace(dir, screen)).toEqual(place);
  });

  it.each([
    { ...place, x: 5000 },
    { ...place, y: 890 },
    { ...place, x: -850 },
    { ...place, width: 10 },
  ])('is forgotten when nobody could grab the window there: %o', async (lost) => {
    await writeFile(join(dir, 'window.json'), JSON.stringify(lost));
    expect(await readWindowPlace(dir, screen)).toBeNull();
  });

  it('is none when the file is missing or broken', async () => {
    expect(await readWindowPlace(dir, screen)).toBeNull();
    await writeFile(join(dir, 'window.json'), '{');
    expect(await readWindowPlace(dir, screen)).toBeNull();
  });
});

describe('menu', () => {
  const deps = { language: 'en', onOpenFolder() {}, onRevealDataFolder() {} } as const;
  const accelerators = (items: readonly MenuItemConstructorOptions[]): string[] =>
    items.flatMap((item) => [
      ...(typeof item.accelerator === 'string' ? [item.accelerator] : []),
      ...(Array.isArray(item.submenu) ? accelerators(item.submenu) : []),
    ]);

  it.each(['darwin', 'win32', 'linux'] as const)('leaves the keys of the page alone on %s', (platform) => {
    expect(accelerators(menuTemplate({ ...deps, platform }))).toEqual(['CmdOrCtrl+O']);
  });

  it('has the application menu on macOS only, and quits from File elsewhere', () => {
    const roles = (platform: NodeJS.Platform) => JSON.stringify(menuTemplate({ ...deps, platform }));
    expect(roles('darwin')).toContain('appMenu');
    expect(roles('linux')).not.toContain('appMenu');
    expect(roles('linux')).toContain('"quit"');
  });

  it('speaks the language of the settings, or of the desktop', () => {
    expect(menuLanguage('fr', 'en-US')).toBe('fr');
    expect(menuLanguage('system', 'fr-CH')).toBe('fr');
    expect(menuLanguage('system', 'pt-BR')).toBe('en');
    expect(JSON.stringify(menuTemplate({ ...deps, language: 'fr', platform: 'linux' }))).toContain('Fichier');
  });
});
