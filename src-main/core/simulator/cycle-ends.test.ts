import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SimulationResult } from '#contract/models/virtual-device.ts';
import { openFakeDeltaServer, plainFile } from '#test/helpers/fake-delta-server.ts';
import { openFakeUpdateServer, type FakeReply } from '#test/helpers/fake-update-server.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';
import { buildZip } from '#test/helpers/zip-builder.ts';

import { createDeviceFiles } from './device-files.ts';
import { runVirtualDevice, type VirtualDeviceOptions } from './virtual-device.ts';

const index = { name: 'index.html', content: '<script src="app.js"></script>' };
const ready = { name: 'app.js', content: 'CapacitorUpdater.notifyAppReady()' };
const silent = { name: 'app.js', content: 'start()' };

const manifestFiles = [plainFile('index.html', index.content), plainFile('app.js', ready.content)];

type Server = {
  readonly zip?: Buffer;
  readonly reply?: (offer: { version: string; url: string; checksum: string }) => FakeReply;
  readonly zipStatus?: number;
  /** An offer with a manifest; 404: of one file, which is answered so. */
  readonly manifest?: number;
};

type Row = {
  /** First column of clients.md §9.9. */
  readonly scenario: string;
  readonly server?: Server;
  readonly device?: Partial<VirtualDeviceOptions>;
  readonly android: readonly string[];
  readonly ios: readonly string[];
  /** What the next cycle against the same server does. */
  readonly next?: { readonly android: readonly string[]; readonly ios: readonly string[] };
};

const start = (version: string) => [`app_launch_start ${version}`, `app_moved_to_foreground ${version}`];
const started = (version: string) => [
  `app_launch_ready ${version}`,
  `webview_dom_content_loaded ${version}`,
  `webview_page_loaded ${version}`,
];
/** A cold start with its check: what comes of the answer stands after it. */
const cold = [...start('1.0.0'), 'POST updates', ...started('1.0.0')];
/** To the background, and to the start with the new bundle. */
const applied = ['set_next 1.0.1', 'app_moved_to_background 1.0.0', 'set 1.0.1', ...start('1.0.1')];
const updated = [...applied, ...started('1.0.1'), 'POST updates'];
/** Not ready in time. */
const rolledBack = [...applied, 'app_launch_timeout 1.0.1', 'update_fail 1.0.1', 'delete 1.0.1'];

const zipByAndroid = ['{download_zip_start 1.0.1}', 'GET zip', 'download_70 1.0.1', '{download_zip_complete 1.0.1}'];
const zipByIos = ['download_zip_start 1.0.1', 'download_0 1.0.1', 'GET zip', 'download_70 1.0.1'];
const unpackedByAndroid = ['download_80 1.0.1', 'download_90 1.0.1', 'download_complete 1.0.1'];
const unpackedByIos = ['download_90 1.0.1', 'download_zip_complete 1.0.1', 'download_complete 1.0.1'];
const failed = 'download_fail 1.0.0';
const missingFileByAndroid = [
  ...cold,
  '{download_manifest_start 1.0.1}',
  'GET file',
  '{download_manifest_file_fail 1.0.1:app.js}',
  '{download_manifest_file_fail 1.0.1:app.js}',
  'download_fail -',
];

const rows: readonly Row[] = [
  {
    scenario: 'Cold start, no update',
    server: { reply: () => ({ body: { error: 'no_new_version_available', message: 'x', kind: 'up_to_date' } }) },
    android: cold,
    ios: cold,
  },
  {
    scenario: 'Blocked',
    server: { reply: () => ({ body: { error: 'disable_emulator', message: 'x', kind: 'blocked' } }) },
    android: cold,
    ios: cold,
  },
  {
    scenario: 'Good zip update',
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...updated],
    ios: [...cold, ...zipByIos, ...unpackedByIos, ...updated],
  },
  {
    scenario: 'Good zip update over an earlier bundle',
    device: { current: '1.0.0', nativeVersion: '0.9.0' },
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...applied, 'delete 1.0.0', ...updated.slice(-4)],
    ios: [...cold, ...zipByIos, ...unpackedByIos, ...applied, 'delete 1.0.0', ...updated.slice(-4)],
  },
  {
    scenario: 'Good manifest update',
    server: { manifest: 200 },
    android: [
      ...cold,
      '{download_manifest_start 1.0.1}',
      'GET file',
      'GET file',
      'download_50 1.0.1',
      'download_70 1.0.1',
      '{download_manifest_complete 1.0.1}',
      'download_90 1.0.1',
      'download_complete 1.0.1',
      ...updated,
    ],
    ios: [
      ...cold,
      'download_manifest_start 1.0.1',
      'download_0 1.0.1',
      'GET file',
      'GET file',
      'download_40 1.0.1',
      'download_70 1.0.1',
      'download_manifest_complete 1.0.1',
      'download_complete 1.0.1',
      ...updated,
    ],
  },
  {
    scenario: 'Server 5xx',
    device: { fault: { name: 'http-500' } },
    android: [...cold, failed],
    ios: [...cold, failed],
  },
  ...(
    [
      ['HTML', { status: 500, body: '<html>', type: 'text/html' }],
      ['{}', { body: {} }],
      ['missing url', { body: { version: '1.0.1' } }],
    ] as const
  ).map(([what, reply]) => ({
    scenario: `Server ${what}`,
    server: { reply: () => reply },
    android: [...cold, failed],
    ios: [...cold, failed],
  })),
  {
    scenario: 'Server unreachable, delivered when stats reach',
    device: { fault: { name: 'unreachable' } },
    android: [...cold, failed],
    ios: [...cold, failed],
  },
  {
    scenario: 'zip 404',
    device: { fault: { name: 'file-404' } },
    android: [...cold, '{download_zip_start 1.0.1}', 'GET zip', 'download_fail -'],
    ios: [...cold, 'download_zip_start 1.0.1', 'download_0 1.0.1', 'GET zip', failed],
  },
  {
    scenario: 'slow zip > 25 s',
    device: { fault: { name: 'slow-link' } },
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...updated],
    ios: [...cold, 'download_zip_start 1.0.1', 'download_0 1.0.1', 'GET zip', failed],
    next: {
      android: [...start('1.0.1'), 'POST updates', ...started('1.0.1')],
      ios: [...cold, 'download_zip_start 1.0.1', 'download_0 1.0.1', 'GET zip', failed],
    },
  },
  {
    scenario: 'wrong checksum',
    device: { fault: { name: 'wrong-checksum' } },
    android: [...cold, ...zipByAndroid, 'checksum_fail 1.0.0', 'delete 1.0.1', failed, 'finish_download_fail 1.0.1'],
    ios: [...cold, ...zipByIos, ...unpackedByIos, 'checksum_fail 1.0.1', 'delete 1.0.1', failed],
  },
  {
    scenario: 'bad zip',
    device: { fault: { name: 'corrupt-zip' } },
    android: [...cold, ...zipByAndroid, 'unzip_fail 1.0.0', failed, 'finish_download_fail 1.0.1'],
    ios: [...cold, ...zipByIos, 'unzip_fail 1.0.0', failed],
  },
  {
    scenario: 'no index.html',
    server: { zip: buildZip([ready, { name: 'b.html', content: 'x' }]) },
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid],
    ios: [...cold, ...zipByIos, ...unpackedByIos],
  },
  {
    scenario: 'manifest file 404',
    server: { manifest: 404 },
    android: missingFileByAndroid,
    ios: [
      ...cold,
      'download_manifest_start 1.0.1',
      'download_0 1.0.1',
      'GET file',
      'download_manifest_file_fail 1.0.1:app.js',
      failed,
    ],
    next: {
      android: missingFileByAndroid,
      ios: [...cold, failed],
    },
  },
  {
    scenario: 'app crashes / no notifyAppReady',
    server: { zip: buildZip([index, silent]) },
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...rolledBack],
    ios: [...cold, ...zipByIos, ...unpackedByIos, ...rolledBack],
    // A server that goes on offering it has it fetched for ever.
    next: {
      android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...rolledBack],
      ios: [...cold, ...zipByIos, ...unpackedByIos, ...rolledBack],
    },
  },
  {
    scenario: 'the same over an earlier bundle',
    server: { zip: buildZip([index, silent]) },
    device: { current: '1.0.0', nativeVersion: '0.9.0' },
    android: [...cold, ...zipByAndroid, ...unpackedByAndroid, ...rolledBack.slice(0, -1), 'set 1.0.0', 'delete 1.0.1'],
    ios: [...cold, ...zipByIos, ...unpackedByIos, ...rolledBack.slice(0, -1), 'set 1.0.0', 'delete 1.0.1'],
  },
  {
    scenario: '429 on check',
    device: { fault: { name: 'rate-limited' } },
    android: [...start('1.0.0'), 'POST updates', '{rate_limit_reached 1.0.0}', ...started('1.0.0'), failed],
    ios: [...start('1.0.0'), 'POST updates', '{rate_limit_reached 1.0.0}', ...started('1.0.0'), failed],
  },
  {
    scenario: 'server says `builtin`',
    server: { reply: () => ({ body: { version: 'builtin' } }) },
    device: { current: '1.0.0', nativeVersion: '0.9.0' },
    android: [...cold, 'set_next 0.9.0', 'app_moved_to_background 1.0.0', 'reset 0.9.0'],
    ios: [...cold, 'set_next 0.9.0', 'app_moved_to_background 1.0.0', 'reset 0.9.0'],
  },
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

type Urls = Pick<VirtualDeviceOptions, 'updateUrl' | 'statsUrl'>;

async function withServer<T>({ manifest, ...server }: Server, work: (urls: Urls) => Promise<T>): Promise<T> {
  if (manifest === undefined) {
    await using fake = await openFakeUpdateServer({ zip: buildZip([index, ready]), ...server });
    return await work(fake);
  }
  const broken = manifest === 200 ? {} : { 'app.js': manifest };
  const files = manifest === 200 ? manifestFiles : manifestFiles.slice(1);
  await using fake = await openFakeDeltaServer({ version: '1.0.1', files }, { broken });
  return await work(fake);
}

type Done = { readonly requests: readonly string[]; readonly stats: readonly string[] };

/** `{…}` is a report that is sent by itself, at once and without a timestamp. */
function doneIn({ requests, stats }: SimulationResult): Done {
  return {
    requests: requests.flatMap(({ method, url }) => {
      const { pathname } = new URL(url);
      if (pathname === '/stats') return [];
      return method === 'POST' ? 'POST updates' : pathname === '/bundle.zip' ? 'GET zip' : 'GET file';
    }),
    stats: stats.map((event) => {
      const words = `${String(event['action'])} ${(event['version_name'] as string | undefined) ?? '-'}`;
      return 'timestamp' in event ? words : `{${words}}`;
    }),
  };
}

function expected(list: readonly string[]): Done {
  const isRequest = (word: string): boolean => /^(GET|POST) /.test(word);
  return { requests: list.filter(isRequest), stats: list.filter((word) => !isRequest(word)) };
}

describe.each(rows)('$scenario (protocol/clients.md §9.9)', ({ server = {}, device = {}, next, ...ends }) => {
  it.each(['android', 'ios'] as const)('%s', async (platform) => {
    await withServer(server, async ({ updateUrl, statsUrl }) => {
      const { current, ...options } = device;
      const fixed = { ...options, updateUrl, statsUrl, appId: 'com.example.app', platform, timeScale: 0.001 };
      const files = createDeviceFiles(folder.at(randomUUID()));
      const first = await runVirtualDevice({ ...fixed, current, files });
      expect(doneIn(first)).toEqual(expected(ends[platform]));
      if (!next) return;
      const second = await runVirtualDevice({ ...fixed, state: first.state, files });
      expect(doneIn(second)).toEqual(expected(next[platform]));
    });
  });
});
