import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { DesktopBridge } from '#contract/desktop-bridge.ts';
import type { Reply } from '#contract/errors.ts';
import type { App } from '#contract/models/app.ts';
import type { ServerStatus } from '#contract/models/server.ts';
import { axeFindings } from '#test/helpers/axe.ts';

import { startDesktop, type DesktopHarness, type HarnessOptions } from './harness/start-desktop.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-harness-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function start(options: Partial<HarnessOptions> = {}): Promise<DesktopHarness> {
  return startDesktop({ dataDir: join(dir, 'data'), profileDir: join(dir, 'profile'), ...options });
}

/** A Capacitor project with a build that works; returns the project's folder. */
async function makeProject(appId: string): Promise<string> {
  const project = join(dir, appId);
  await mkdir(join(project, 'www', 'assets'), { recursive: true });
  await writeFile(join(project, 'capacitor.config.json'), JSON.stringify({ appId, appName: 'Harness', webDir: 'www' }));
  await writeFile(
    join(project, 'www/index.html'),
    '<!doctype html><script type="module" src="/assets/app.js"></script>',
  );
  await writeFile(join(project, 'www/assets/app.js'), 'CapacitorUpdater.notifyAppReady();');
  return project;
}

function call<T>(page: Page, path: string, input: unknown = {}): Promise<T> {
  return page.evaluate(
    async ([path, input]) => {
      const reply = await (globalThis as unknown as { desktop: DesktopBridge }).desktop.call(path, input);
      if (!reply.ok) throw new Error(JSON.stringify(reply.error));
      return reply.value as T;
    },
    [path, input] as const,
  );
}

// Each starts a browser and a program; a machine that is busy otherwise takes its time.
describe('the built desktop program with its built page in a real Chromium', { timeout: 90_000 }, () => {
  it('takes a dropped folder by its path, publishes it, offers it to a device and shows all of it', async () => {
    await using desktop = await start();
    const { page } = desktop;
    await page.getByRole('navigation').first().waitFor();
    const project = await makeProject('com.example.harness');

    await desktop.drop(join(project, 'www'));
    const review = page.getByRole('dialog', { name: 'Review build' });
    await review.getByRole('button', { name: /^Publish 1\.0\.0 to / }).click();
    await page.waitForURL(/#\/release\/.+/);
    await page.getByRole('heading', { name: '1.0.0', level: 1 }).waitFor();
    await page.getByText(/^Live/).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);

    const app = await call<App>(page, 'apps.get', { appId: 'com.example.harness' });
    const status = await call<ServerStatus>(page, 'server.status');
    expect(status).toMatchObject({ hostKind: 'desktop', device: { state: 'running', host: '127.0.0.1' } });
    const reply = await fetch(`http://127.0.0.1:${status.device.port}${app.paths.update}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        app_id: 'com.example.harness',
        device_id: '11111111-2222-4333-8444-555555555555',
        platform: 'android',
        plugin_version: '8.51.23',
        version_name: 'builtin',
        version_build: '0.9.0',
        version_code: '9',
        version_os: '15',
        is_emulator: false,
        is_prod: true,
      }),
    });
    expect(await reply.json()).toMatchObject({
      version: '1.0.0',
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });

    await page.getByRole('link', { name: 'Devices' }).first().click();
    await page
      .getByText(/11111111/)
      .first()
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(desktop.problems).toEqual([]);
    expect(await desktop.close()).toBe(0);
  });

  it('takes builds from its folder dialog and from a second start', async () => {
    await using desktop = await start();
    const { page } = desktop;
    await page.getByRole('navigation').first().waitFor();
    const [first, second] = [await makeProject('com.example.one'), await makeProject('com.example.two')];

    desktop.startAgainWith(join(first, 'www'), join(dir, 'missing'));
    const review = page.getByRole('dialog', { name: 'Review build' });
    await review.getByText(join(first, 'www')).first().waitFor();
    await review.getByRole('button', { name: 'Discard' }).click();
    await review.waitFor({ state: 'hidden' });

    desktop.pickNext(join(second, 'www'));
    const picked = page.evaluate(() => (globalThis as unknown as { desktop: DesktopBridge }).desktop.pickFolder());
    expect(await picked).toBe(join(second, 'www'));
    expect(desktop.problems).toEqual([]);
  });

  it('is dark when the system is, and passes axe there too', async () => {
    await using desktop = await start({ colorScheme: 'dark' });
    const { page } = desktop;
    await page.getByRole('navigation').first().waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toContain('dark');
    // The screen itself comes after the frame.
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(desktop.problems).toEqual([]);
  });

  it('gives the page four functions, a strict policy, and no way out', async () => {
    await using desktop = await start();
    const { page } = desktop;
    await page.getByRole('navigation').first().waitFor();
    expect(
      await page.evaluate(() => Object.keys((globalThis as unknown as { desktop: object }).desktop).toSorted()),
    ).toEqual(['call', 'pathForFile', 'pickFolder', 'subscribe']);
    expect(desktop.problems).toEqual([]);

    const escapes = await page.evaluate(async () => {
      const outcome = async (work: () => unknown) => {
        try {
          await work();
          return 'worked';
        } catch {
          return 'refused';
        }
      };
      // The debugger's own evaluation may do what the page may not: from the next turn on, only the page's policy counts.
      await new Promise((done) => setTimeout(done));
      const script = document.createElement('script');
      script.textContent = 'globalThis.inlineRan = true';
      document.body.append(script);
      return {
        inline: 'inlineRan' in globalThis ? 'worked' : 'refused',
        // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the page's policy has to refuse it
        eval: await outcome(() => new Function('return 1')()),
        fetch: await outcome(() => fetch('https://example.com/')),
        overwrite: await outcome(() => {
          'use strict';
          (globalThis as unknown as { desktop: { call: unknown } }).desktop.call = () => undefined;
        }),
      };
    });
    expect(escapes).toEqual({ inline: 'refused', eval: 'refused', fetch: 'refused', overwrite: 'refused' });
    expect(await desktop.request('https://example.com/')).toBeNull();
    expect((await desktop.request('app://slipway/..%2f..%2fpackage.json'))?.status).toBe(404);
    const refusal: Reply = { ok: false, error: { code: 'UNAUTHORIZED', params: {} } };
    for (const frame of [
      { url: 'app://slipway/index.html', isMain: false },
      { url: 'https://example.com/', isMain: true },
    ]) {
      expect(await desktop.invokeFrom(frame, 'api:call', 'apps.list', {})).toEqual(refusal);
    }
  });

  it('leaves the data folder closed and whole when its window is closed', async () => {
    await using desktop = await start();
    await desktop.page.getByRole('navigation').first().waitFor();
    await call(desktop.page, 'apps.add', { appId: 'com.example.kept' });
    expect(await desktop.close()).toBe(0);
    expect(await readFile(join(dir, 'data', 'window.json'), 'utf8')).toContain('"width":1200');

    await using again = await start();
    await again.page.getByRole('navigation').first().waitFor();
    expect(await call<App[]>(again.page, 'apps.list')).toMatchObject([{ appId: 'com.example.kept' }]);
  });
});
