import { describe, expect, it } from 'vitest';

import { deltaFiles, openFakeProtocolServer, type Wrongs } from '#test/helpers/fake-protocol-server.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createDeviceFiles } from './device-files.ts';
import { runChannelCall, runVirtualDevice, type VirtualDeviceOptions } from './virtual-device.ts';

type Told = { readonly stats: readonly Readonly<Record<string, unknown>>[] };
const told = ({ stats }: Told): string[] =>
  stats
    .filter(({ action }) => !/^(app_|webview_)/.test(String(action)))
    .map((event) => `${String(event['action'])} ${(event['version_name'] as string | undefined) ?? '-'}`);

async function device(mode: 'zip' | 'manifest', wrongs: Wrongs, options: Partial<VirtualDeviceOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const server = stack.use(await openFakeProtocolServer(mode, wrongs));
  const base: VirtualDeviceOptions = {
    updateUrl: server.updateUrl,
    statsUrl: server.statsUrl,
    channelUrl: server.channelUrl,
    appId: 'com.example.app',
    deviceId: '9d2f7b1e-2c34-4c55-8b4c-0a1b2c3d4e5f',
    files: createDeviceFiles(folder.at('files')),
    timeScale: 0.0005,
    ...options,
  };
  return { server, base, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
}

describe('a delta update (protocol/clients.md §6)', () => {
  const total = deltaFiles().length;

  it('fetches every file once, decodes brotli by name, and is applied on Android', async () => {
    await using made = await device('manifest', {});
    const result = await runVirtualDevice(made.base);
    expect(result.outcome).toBe('updated');
    expect(made.server.files).toHaveLength(total);
    const stats = told(result);
    expect(stats[0]).toBe('download_manifest_start 1.0.1');
    expect(stats.slice(-5)).toEqual([
      'download_manifest_complete 1.0.1',
      'download_90 1.0.1',
      'download_complete 1.0.1',
      'set_next 1.0.1',
      'set 1.0.1',
    ]);
    // download_0 never, each ten at most once (§13.35).
    const tens = stats.filter((each) => /^download_\d/.test(each));
    expect(new Set(tens).size).toBe(tens.length);
    expect(tens).not.toContain('download_0 1.0.1');
    // Worker events are single objects without a timestamp (§7.1).
    const start = made.server.stats.find((body) => (body as { action?: string }).action === 'download_manifest_start');
    expect(start).toBeDefined();
    expect(start).not.toHaveProperty('timestamp');
  });

  it('is told by iOS file by file, tens repeated', async () => {
    await using made = await device('manifest', {}, { platform: 'ios' });
    const result = await runVirtualDevice(made.base);
    expect(result.outcome).toBe('updated');
    const stats = told(result);
    expect(stats.slice(0, 2)).toEqual(['download_manifest_start 1.0.1', 'download_0 1.0.1']);
    expect(stats.slice(-4)).toEqual([
      'download_manifest_complete 1.0.1',
      'download_complete 1.0.1',
      'set_next 1.0.1',
      'set 1.0.1',
    ]);
    const tens = stats.filter((each) => /^download_\d/.test(each));
    expect(tens.length).toBeGreaterThan(new Set(tens).size);
  });

  it('takes what it has from its cache: the same files under another version cost nothing', async () => {
    let version = '1.0.1';
    let offer: object | undefined;
    await using made = await device('manifest', {
      update(info, right) {
        if (typeof right.body === 'object' && right.body !== null && 'manifest' in right.body) offer = right.body;
        return info['version_name'] === version ? right : { body: { ...offer, version } };
      },
    });
    const first = await runVirtualDevice(made.base);
    version = '1.0.2';
    const before = made.server.files.length;
    const second = await runVirtualDevice({ ...made.base, state: first.state });
    expect(second).toMatchObject({ outcome: 'updated', version: '1.0.2', bytes: 0 });
    expect(second.reused).toBeGreaterThan(10_000);
    expect(made.server.files).toHaveLength(before);
  });

  it('goes on with a file that broke off at the next try, and takes 416 for whole (§6.4)', async () => {
    await using made = await device('manifest', {}, { fault: { name: 'drop', percent: 40 } });
    const first = await runVirtualDevice(made.base);
    expect(first.outcome).toBe('failed');
    expect(first.state.partials).toHaveLength(1);
    const second = await runVirtualDevice({ ...made.base, state: first.state, fault: undefined });
    expect(second.outcome).toBe('updated');
    expect(made.server.files.filter(({ range }) => range !== undefined)).toHaveLength(1);
    expect(second.state.partials).toEqual([]);
  });

  it('wedges iOS for that version, without another request for a file (§6.5, §13.42)', async () => {
    await using made = await device('manifest', {}, { platform: 'ios', fault: { name: 'file-404' } });
    const first = await runVirtualDevice(made.base);
    const second = await runVirtualDevice({ ...made.base, state: first.state, fault: undefined });
    expect(second.outcome).toBe('failed');
    expect(told(second)).toEqual(['download_fail 1.0.0']);
    expect(made.server.files).toEqual([]);
  });

  it.each([
    ['a way out', { file_name: '../x' }],
    ['a second one for the same file', { file_name: 'index.html' }],
    ['a backslash', { file_name: 'a\\b' }],
  ])('with %s asks for no file and says so', async (_, change) => {
    await using made = await device('manifest', {
      update: (_info, right) => {
        const body = right.body as { manifest?: Record<string, unknown>[] };
        const manifest = body.manifest?.map((entry, index) => (index === 4 ? Object.assign({}, entry, change) : entry));
        return { body: { ...body, ...(manifest ? { manifest } : {}) } };
      },
    });
    const result = await runVirtualDevice(made.base);
    expect(told(result)).toEqual([
      'download_manifest_start 1.0.1',
      `manifest_path_fail 1.0.1:${change.file_name}`,
      'download_fail -',
    ]);
    expect(made.server.files).toEqual([]);
  });
});

describe('a device that goes on', () => {
  it('reports no tens for a second download in one process life, and all after a new start', async () => {
    await using made = await device('zip', {});
    const first = await runVirtualDevice(made.base);
    expect(first.state.bundles.map(({ version, status }) => `${version} ${status}`)).toEqual(['1.0.1 success']);
    const second = await runVirtualDevice({ ...made.base, state: first.state });
    expect(second).toMatchObject({ outcome: 'up_to_date', version: '1.0.1', bytes: 0 });
  });

  it('fetches a version again that it rolled back from, as long as it is offered (§9.5)', async () => {
    await using made = await device('zip', {
      update: (_, right) => (JSON.stringify(right.body).includes('"error"') ? offered(made.base.updateUrl) : right),
    });
    const first = await runVirtualDevice({ ...made.base, fault: { name: 'never-ready' } });
    expect(first.state.currentId).toBeNull();
    expect(first.state.bundles).toEqual([]);
    const before = made.server.files.length;
    await runVirtualDevice({ ...made.base, state: first.state, fault: { name: 'never-ready' } });
    expect(made.server.files.length).toBe(before + 1);
  });

  it('loses its bundles to a newer app from the store (§9.6)', async () => {
    await using made = await device('zip', {});
    const first = await runVirtualDevice(made.base);
    const second = await runVirtualDevice({ ...made.base, state: first.state, nativeVersion: '1.1.0' });
    expect(told(second).slice(0, 2)).toEqual(['delete 1.0.1', 'reset 1.1.0']);
    expect(second.requests[0]?.request).toMatchObject({ version_name: '1.1.0', version_build: '1.1.0' });
  });

  it('keeps stats that were not taken, and sends them at its next start (≥8.51.6)', async () => {
    let isDown = true;
    await using made = await device('zip', { stats: (_, right) => (isDown ? { status: 503, body: {} } : right) });
    const first = await runVirtualDevice(made.base);
    expect(first.state.pendingStats.length).toBeGreaterThan(5);
    isDown = false;
    const before = made.server.stats.length;
    const second = await runVirtualDevice({ ...made.base, state: first.state });
    expect(second.state.pendingStats).toEqual([]);
    const arrived = made.server.stats.slice(before).flat() as { action: string }[];
    expect(arrived.some(({ action }) => action === 'download_complete')).toBe(true);
  });
});

describe('channel calls (protocol/clients.md §8)', () => {
  it('keep the choice on the device, and send it with every check', async () => {
    await using made = await device('zip', {});
    const set = await runChannelCall(made.base, { call: 'set', channel: 'beta' });
    expect(set.end).toEqual({ isDone: true, detail: 'Asks for channel beta from now on.' });
    await runVirtualDevice({ ...made.base, state: set.state });
    expect(made.server.infos.at(-1)).toMatchObject({ defaultChannel: 'beta' });
    const unset = await runChannelCall({ ...made.base, state: set.state }, { call: 'unset' });
    expect(unset.state.chosenChannel).toBeNull();
    expect(unset.requests).toEqual([]);
  });

  it.each([
    ['production', null, true],
    ['internal', null, false],
    ['none', null, false],
    ['beta', 'beta', true],
  ] as const)('that ask for %s leave %s', async (channel, kept, isDone) => {
    await using made = await device('zip', {});
    const { end, state } = await runChannelCall(made.base, { call: 'set', channel });
    expect(state.chosenChannel).toBe(kept);
    expect(end.isDone).toBe(isDone);
  });

  it('list by the platform, and learn the channel that is got (≥8.47.9)', async () => {
    await using made = await device('zip', {});
    const list = await runChannelCall(made.base, { call: 'list' });
    expect(list.end.channels).toEqual(['production', 'beta', 'internal']);
    const got = await runChannelCall(made.base, { call: 'get' });
    expect(got.state.chosenChannel).toBe('production');
    const old = await runChannelCall({ ...made.base, pluginVersion: '7.30.0' }, { call: 'unset' });
    expect(old.requests[0]?.method).toBe('DELETE');
  });

  it('fail on a list whose ids are texts (§8.4)', async () => {
    await using made = await device('zip', { channel: () => ({ body: [{ id: '1', name: 'a' }] }) });
    expect((await runChannelCall(made.base, { call: 'list' })).end.isDone).toBe(false);
  });
});

/** Still the same version, from a server that does not listen. */
function offered(updateUrl: string) {
  return { body: { version: '1.0.1', url: new URL('/zip', updateUrl).href, checksum: 'x' } };
}
