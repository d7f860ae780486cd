import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { _electron } from '@playwright/test';
import { describe, expect, it } from 'vitest';

import { hasDisplay } from '#hosts/launcher/display.ts';

import { installedElectron } from './installed-electron.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the desktop program in Electron itself', () => {
  it('opens its window, shows the page and ends with it', async (context) => {
    const executablePath = await installedElectron(root);
    const missing =
      executablePath === null ? 'Electron’s runtime is not installed (npx install-electron)' : 'there is no display';
    if (executablePath === null || !hasDisplay(process.platform, process.env)) {
      process.stderr.write(`SKIPPED: the desktop program in Electron itself, because ${missing}\n`);
      context.skip(missing);
      return;
    }
    const dir = await mkdtemp(join(tmpdir(), 'slipway-electron-'));
    try {
      const args = [root, '--data-dir', join(dir, 'data'), '--host', '127.0.0.1', '--port', '0'];
      // As root, as in containers, Chromium does not start with its sandbox.
      if (process.getuid?.() === 0) args.unshift('--no-sandbox');
      const app = await _electron.launch({ executablePath, args });
      const page = await app.firstWindow();
      await page.getByRole('navigation').first().waitFor();
      expect(page.url()).toMatch(/^app:\/\/slipway\/index\.html/);
      expect(await page.evaluate('Object.keys(window.desktop).sort().join()')).toBe(
        'call,pathForFile,pickFolder,subscribe',
      );
      expect(await page.evaluate('typeof require + typeof process')).toBe('undefinedundefined');
      await app.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
