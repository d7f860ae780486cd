import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AppRun } from '#core/simulator/app-runner.ts';
import { findChromium, type FoundChromium } from '#test/helpers/chromium.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createChromeAppRunner } from './chrome-app-runner.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let chromium: FoundChromium;
let outside: http.Server;
let outsideUrl = '';
let outsideRequests = 0;

beforeAll(async () => {
  folder = await temporaryFolder();
  chromium = await findChromium();
  outside = http.createServer((_request, response) => {
    outsideRequests += 1;
    response.setHeader('access-control-allow-origin', '*').end('{}');
  });
  await new Promise<void>((resolve) => void outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await folder[Symbol.asyncDispose]();
});

async function run(
  content: Readonly<Record<string, string>>,
  options: { readonly platform?: 'android' | 'ios' | 'electron'; readonly signal?: AbortSignal } = {},
): Promise<AppRun> {
  const files = await Promise.all(
    Object.entries(content).map(async ([path, text]) => {
      const sha256 = createHash('sha256').update(text).digest('hex');
      await mkdir(dirname(folder.at(sha256)), { recursive: true });
      await writeFile(folder.at(sha256), text);
      return { path, sha256, bytes: Buffer.byteLength(text) };
    }),
  );
  const runner = createChromeAppRunner({ ...chromium, name: 'Chromium' });
  return runner.run({
    files,
    pathOf: (sha256) => folder.at(sha256),
    platform: options.platform ?? 'android',
    timeoutMs: 30_000,
    signal: options.signal,
  });
}

/** As a bundler leaves `@capacitor/core` and the plugin: a core that finds the bridge, and a plugin that is registered. */
const core = `
  const capacitor = (globalThis.Capacitor = globalThis.Capacitor || {});
  capacitor.registerPlugin = () => { throw new Error('a plugin that only the web has'); };
  export const { registerPlugin } = capacitor;
  export const platform = globalThis.androidBridge ? 'android' : globalThis.webkit?.messageHandlers?.bridge ? 'ios' : 'web';
`;
const index = '<!doctype html><div id="app"></div><script type="module" src="/assets/app.js"></script>';

describe('an app that is really run', () => {
  it.each(['android', 'ios', 'electron'] as const)('is ready on %s when it says so', async (platform) => {
    const app = `
      import { registerPlugin } from './core.js';
      const CapacitorUpdater = registerPlugin('CapacitorUpdater', { web: () => import('./none.js') });
      await CapacitorUpdater.notifyAppReady();
    `;
    const files = { 'index.html': index, 'assets/app.js': app, 'assets/core.js': core };
    expect(await run(files, { platform })).toMatchObject({ kind: 'ready' });
  });

  it('is ready through Capacitor.Plugins, and after a wait that nobody sits out', async () => {
    const startedMs = performance.now();
    const app = 'setTimeout(() => Capacitor.Plugins.CapacitorUpdater.notifyAppReady(), 25_000)';
    const result = await run({ 'index.html': `<script>${app}</script>` });
    expect(result).toMatchObject({ kind: 'ready' });
    expect((result as { afterMs: number }).afterMs).toBeGreaterThan(20_000);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  it('is not ready when it says so too late', async () => {
    const app = 'setTimeout(() => Capacitor.Plugins.CapacitorUpdater.notifyAppReady(), 60_000)';
    expect(await run({ 'index.html': `<script>${app}</script>` })).toEqual({ kind: 'silent', problems: [] });
  });

  it('is not ready when a script breaks first, and the error is told', async () => {
    const app = "throw new TypeError('no such thing'); CapacitorUpdater.notifyAppReady()";
    const result = await run({ 'index.html': `<script>${app}</script>` });
    expect(result).toEqual({ kind: 'silent', problems: ['TypeError: no such thing'] });
  });

  it('gets nothing from outside, by any way', async () => {
    const app = `
      const tries = [
        fetch('${outsideUrl}'),
        fetch('https://example.com/'),
        new Promise((resolve, reject) => {
          const socket = new WebSocket('${outsideUrl.replace('http', 'ws')}');
          socket.onopen = resolve;
          socket.onerror = reject;
        }),
        new Promise((resolve, reject) => Object.assign(new Image(), { src: '${outsideUrl}x.png', onload: resolve, onerror: reject })),
      ];
      const ends = await Promise.allSettled(tries);
      const isCutOff = ends.every((end) => end.status === 'rejected' || end.value.status === 403);
      if (isCutOff) Capacitor.Plugins.CapacitorUpdater.notifyAppReady();
    `;
    expect(await run({ 'index.html': `<script type="module">${app}</script>` })).toMatchObject({ kind: 'ready' });
    expect(outsideRequests).toBe(0);
  });

  it('finds the pages of its own router, and other plugins that answer', async () => {
    const app = `
      const answer = await Capacitor.Plugins.Preferences.get({ key: 'a' });
      const page = await (await fetch('/some/route')).text();
      if (answer && page.includes('router')) Capacitor.nativePromise('CapacitorUpdater', 'notifyAppReady', {});
    `;
    const page = `<!doctype html><title>router</title><script type="module">${app}</script>`;
    expect(await run({ 'index.html': page })).toMatchObject({ kind: 'ready' });
  });
});

describe('a browser that', () => {
  it('is not there is told of', async () => {
    const runner = createChromeAppRunner({ executablePath: folder.at('no-chrome'), name: 'Chrome' });
    const end = await runner.run({ files: [], pathOf: String, platform: 'ios', timeoutMs: 1000, signal: undefined });
    expect(end).toEqual({ kind: 'unavailable', reason: 'Chrome: ENOENT' });
  });

  it('is no longer wanted ends', async () => {
    const signal = AbortSignal.abort();
    await expect(run({ 'index.html': '' }, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
