import { describe, expect, it } from 'vitest';

import type { FaultName, SimulationResult } from '#contract/models/virtual-device.ts';
import { openFakeUpdateServer, type FakeReply } from '#test/helpers/fake-update-server.ts';
import { buildZip, type ZipPart } from '#test/helpers/zip-builder.ts';

import type { ClientPlatform } from './client-profile.ts';
import { runVirtualDevice, type VirtualDeviceOptions } from './virtual-device.ts';

const index: ZipPart = { name: 'index.html', content: '<script src="app.js"></script>' };
const ready: ZipPart = { name: 'app.js', content: 'CapacitorUpdater.notifyAppReady()' };
const good = buildZip([index, ready]);

/** What is reported after the start of the app: action and version, `-` for none. */
function told({ stats }: SimulationResult): string[] {
  const lifecycle = /^(app_(?!launch_timeout)|webview_)/;
  return stats
    .filter(({ action }) => !lifecycle.test(String(action)))
    .map((event) => `${String(event['action'])} ${(event['version_name'] as string | undefined) ?? '-'}`);
}

async function run(
  platform: ClientPlatform,
  server: Omit<Parameters<typeof openFakeUpdateServer>[0], 'zip'> & { readonly zip?: Buffer },
  options: Partial<VirtualDeviceOptions> = {},
): Promise<SimulationResult> {
  await using fake = await openFakeUpdateServer({ zip: good, ...server });
  return await runVirtualDevice({
    updateUrl: fake.updateUrl,
    statsUrl: fake.statsUrl,
    appId: 'com.example.app',
    platform,
    timeScale: 0.001,
    ...options,
  });
}

async function runOnElectron(options: Partial<VirtualDeviceOptions>) {
  await using fake = await openFakeUpdateServer({ zip: good });
  const { updateUrl, statsUrl } = fake;
  const fixed = { updateUrl, statsUrl, appId: 'com.example.app', timeScale: 0.001 };
  return await runVirtualDevice({ ...fixed, platform: 'electron', ...options });
}

describe('a virtual device whose update fails, beyond the rows of cycle-ends.test.ts:', () => {
  it('the transfer breaks off: iOS and older Android clients fail, newer ones try for ever (Appendix C, row 7)', async () => {
    expect(told(await run('ios', { cutAfter: 20 })).at(-1)).toBe('download_fail 1.0.0');
    expect(told(await run('android', { cutAfter: 20 }, { pluginVersion: '8.51.14' })).at(-1)).toBe('download_fail -');
    const newer = await run('android', { cutAfter: 20 });
    expect(newer.outcome).toBe('failed');
    const start = 'download_zip_start 1.0.1';
    // What came before the cut counts, in the first try as in the others: it is told once.
    expect(told(newer)[0]).toBe(start);
    expect(told(newer).toSorted()).toEqual(['download_10 1.0.1', start, start, start]);
    expect(newer.requests.filter(({ url }) => url.endsWith('.zip')).map(({ bytes }) => bytes)).toEqual([20, 20, 20]);
  });

  const wrongChecksum = (offer: object): FakeReply => ({ body: { ...offer, checksum: 'ab'.repeat(32) } });

  it('the checksum is wrong, on Electron (clients.md §12.1)', async () => {
    const { stats } = await run('electron', { reply: wrongChecksum });
    expect(stats.at(-1)).toMatchObject({
      action: 'download_fail',
      version_name: '1.0.1',
      message: 'Checksum verification failed',
    });
    expect(stats.at(-1)).not.toHaveProperty('bundle_id');
  });

  it('the zip is none', async () => {
    const zip = Buffer.from('this is not a zip at all');
    expect(told(await run('android', { zip })).slice(-3)).toEqual([
      'unzip_fail 1.0.0',
      'download_fail 1.0.0',
      'finish_download_fail 1.0.1',
    ]);
    expect(told(await run('ios', { zip })).slice(-2)).toEqual(['unzip_fail 1.0.0', 'download_fail 1.0.0']);
  });

  it.each([
    ['a backslash', 'a\\b.js', 'windows_path_fail', 'windows_path_fail'],
    ['a way out', '../a.js', 'canonical_path_fail', 'canonical_path_fail'],
    ['an absolute name', '/a.js', 'canonical_path_fail', 'canonical_path_fail'],
    ['NUL', 'a\0.js', 'canonical_path_fail', 'windows_path_fail'],
  ])('the zip has a name with %s (clients.md §5)', async (_, name, android, ios) => {
    const zip = buildZip([index, ready, { name, content: 'x' }]);
    expect(told(await run('android', { zip }))).toContain(`${android} 1.0.0`);
    expect(told(await run('ios', { zip }))).toContain(`${ios} 1.0.0`);
  });

  it('nothing calls notifyAppReady', async () => {
    const zip = buildZip([index, { name: 'app.js', content: 'start()' }]);
    const { stats } = await run('electron', { zip });
    expect(stats.map(({ action, version_name, message }) => [action, version_name, message])).toEqual([
      ['set', '1.0.0', undefined],
      ['download_complete', '1.0.1', undefined],
      ['set_fail', '1.0.1', 'App ready timeout'],
    ]);
  });

  // Electron's client reports three things and no more (clients.md §12.1); `set 1.0.0` is its start.
  it.each<readonly [FaultName, 'updated' | 'failed', readonly string[]]>([
    ['slow-link', 'updated', ['download_complete 1.0.1', 'set 1.0.1']],
    ['drop', 'failed', ['download_fail 1.0.1']],
    ['corrupt-zip', 'failed', ['download_fail 1.0.1']],
    ['file-404', 'failed', ['download_fail 1.0.1']],
    ['file-500', 'failed', ['download_fail 1.0.1']],
    ['http-500', 'failed', []],
    ['rate-limited', 'failed', []],
    ['unreachable', 'failed', []],
    ['never-ready', 'failed', ['download_complete 1.0.1', 'set_fail 1.0.1']],
  ])('Electron with %s: %s', async (name, outcome, reports) => {
    const result = await run('electron', {}, { fault: { name } });
    expect(result.outcome).toBe(outcome);
    expect(told(result)).toEqual(['set 1.0.0', ...reports]);
  });

  it('on Electron an app that never got ready stays, and says nothing when it starts again', async () => {
    const stuck = await runOnElectron({ fault: { name: 'never-ready' } });
    expect(stuck).toMatchObject({ outcome: 'failed', version: '1.0.1' });
    const again = await runOnElectron({ fault: { name: 'http-500' }, state: stuck.state });
    expect(told(again)).toEqual([]);
  });

  it('the server cannot be reached, nor for its stats', async () => {
    const result = await runVirtualDevice({ updateUrl: 'http://127.0.0.1:9/updates', appId: 'com.example.app' });
    expect(result).toMatchObject({ outcome: 'failed', stats: [], requests: [{ status: null }] });
  });
});

describe('a virtual device', () => {
  it('refuses an offer without a checksum from 8.51.23 on, with one stat (clients.md Appendix C, row 3)', async () => {
    const reply = ({ version, url }: { version: string; url: string }): FakeReply => ({ body: { version, url } });
    expect(told(await run('android', { reply }))).toEqual(['checksum_required 1.0.0']);
    expect((await run('android', { reply }, { pluginVersion: '7.40.0' })).outcome).toBe('updated');
  });
});

describe('its stats', () => {
  it('are sent again after 503, and only then (clients.md §7.3)', async () => {
    await using fake = await openFakeUpdateServer({
      zip: good,
      stats: (nth) => (nth === 2 ? { status: 503, body: {} } : { body: { status: 'ok' } }),
    });
    const { updateUrl, statsUrl } = fake;
    const result = await runVirtualDevice({ updateUrl, statsUrl, appId: 'com.example.app', platform: 'ios' });
    const received = fake.stats.flat() as { action: string }[];
    expect(result.outcome).toBe('updated');
    expect(new Set(received.map(({ action }) => action))).toEqual(new Set(result.stats.map(({ action }) => action)));
  });

  it('are named `builtin` by old plugins, and come one by one (clients.md §1.8, §7.1)', async () => {
    await using fake = await openFakeUpdateServer({ zip: good });
    const { updateUrl, statsUrl } = fake;
    const options = {
      updateUrl,
      statsUrl,
      appId: 'com.example.app',
      platform: 'ios',
      pluginVersion: '7.34.0',
    } as const;
    const { requests } = await runVirtualDevice(options);
    expect(requests[0]?.request).toMatchObject({ version_name: 'builtin' });
    expect(fake.stats.every((body) => !Array.isArray(body))).toBe(true);
    expect(fake.stats.some((body) => (body as { action: string }).action === 'set_next')).toBe(false);
  });
});

it('stops when it is told to', async () => {
  await expect(run('android', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  const zip = buildZip([index]);
  const waiting = run('ios', { zip }, { timeScale: 1, readyTimeoutMs: 60_000, signal: AbortSignal.timeout(300) });
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
});
