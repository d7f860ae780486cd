import { describe, expect, it } from 'vitest';

import type { ConformanceReport } from '#contract/models/conformance.ts';
import {
  FAKE_VERSION,
  openFakeProtocolServer,
  type FakeAnswer,
  type FakeMode,
  type Wrongs,
} from '#test/helpers/fake-protocol-server.ts';
import { buildZip } from '#test/helpers/zip-builder.ts';

import { CONFORMANCE_CUSTOM_ID } from './gather-facts.ts';
import { runConformance } from './run-conformance.ts';

async function check(
  mode: FakeMode,
  wrongs: Wrongs = {},
  options: { readonly isReadOnly?: boolean; readonly hasOnlyUpdates?: boolean } = {},
): Promise<ConformanceReport> {
  await using server = await openFakeProtocolServer(mode, wrongs);
  return await runConformance({
    updateUrl: server.updateUrl,
    statsUrl: options.hasOnlyUpdates ? undefined : server.statsUrl,
    channelUrl: options.hasOnlyUpdates ? undefined : server.channelUrl,
    appId: 'com.example.app',
    nativeVersion: '1.0.0',
    isReadOnly: options.isReadOnly ?? false,
  });
}

const rowsOf = ({ checks }: ConformanceReport, status: string): number[] =>
  checks.filter((each) => each.status === status).map(({ id }) => Number(id.split('.')[1]));

const isOffer = (right: FakeAnswer): boolean => typeof right.body === 'object' && !('error' in (right.body as object));

/** Changes offers and leaves refusals. */
function offers(change: (offer: Record<string, unknown>) => unknown): Wrongs {
  return {
    update: (_, right) => (isOffer(right) ? { body: change({ ...(right.body as object) }) } : right),
  };
}

const without =
  (key: string) =>
  (fields: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));

type Entry = Record<string, unknown>;
const entries = (change: (entry: Entry, index: number) => Entry): Wrongs =>
  offers((offer) =>
    Array.isArray(offer['manifest']) ? { ...offer, manifest: (offer['manifest'] as Entry[]).map(change) } : offer,
  );

describe('a right server', () => {
  it.each([
    ['zip', [9, 13, 14, 19, 20, 21, 22, 26]],
    ['manifest', [9, 13, 14, 26]],
    ['encrypted', [9, 12, 19, 20, 21, 22, 26]],
    ['builtin', [5, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 26]],
  ] as const)('that offers %s fails no row, and all that can be seen hold', async (mode, skipped) => {
    const report = await check(mode);
    expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.ok).toBe(true);
    expect(rowsOf(report, 'skipped')).toEqual(skipped);
    expect(report.checks.map(({ id }) => id)).toEqual(Array.from({ length: 31 }, (_, index) => `13.${index + 1}`));
    expect(report.requests).toBeLessThan(120);
  });

  it('is asked by devices that nobody has', async () => {
    await using server = await openFakeProtocolServer();
    const { updateUrl, statsUrl, channelUrl } = server;
    const input = { appId: 'com.example.app', nativeVersion: '1.0.0', isReadOnly: false };
    const { deviceIds } = await runConformance({ updateUrl, statsUrl, channelUrl, ...input });
    const seen = new Set(server.infos.map((info) => info['device_id']));
    expect(seen).toEqual(new Set(deviceIds));
    expect(deviceIds.every((id) => id.startsWith('00000000-0000-4000-8000-'))).toBe(true);
    expect(server.infos.some((info) => info['custom_id'] === CONFORMANCE_CUSTOM_ID)).toBe(true);
  });

  it('is not told anything when asked read-only, and rows that need it say so', async () => {
    const report = await check('zip', {}, { isReadOnly: true });
    expect(rowsOf(report, 'skipped')).toEqual([9, 11, 13, 14, 19, 20, 21, 22, 23, 24, 25, 26, 30]);
    await using server = await openFakeProtocolServer();
    const { updateUrl, statsUrl, channelUrl } = server;
    const input = { appId: 'com.example.app', nativeVersion: '1.0.0', isReadOnly: true };
    await runConformance({ updateUrl, statsUrl, channelUrl, ...input });
    expect(server.stats).toEqual([]);
  });

  it('says what would be needed for what it skips', async () => {
    const report = await check('nothing', {}, { hasOnlyUpdates: true });
    expect(report.ok).toBe(true);
    const reasons = report.checks.filter(({ status }) => status === 'skipped').map(({ detail }) => detail);
    expect(reasons.filter((reason) => !/Needed:|none is/.test(reason))).toEqual([]);
  });
});

const retryDate = { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' };

/** Each breaks one row of protocol/clients.md §13 and is caught by that row. */
const violations: readonly (readonly [number, string, FakeMode, Wrongs])[] = [
  [
    1,
    'refuses null fields',
    'zip',
    {
      update: (info, right) =>
        info['custom_id'] === null ? { status: 400, body: { error: 'x', kind: 'failed' } } : right,
    },
  ],
  [
    2,
    'takes "builtin" for an unknown bundle',
    'zip',
    {
      update: (info, right) =>
        info['version_name'] === 'builtin' ? { body: { error: 'unknown', kind: 'failed', message: '' } } : right,
    },
  ],
  [3, 'says nothing new with {}', 'zip', { update: (_, right) => (isOffer(right) ? right : { body: {} }) }],
  [
    3,
    'says nothing new with a message alone',
    'zip',
    { update: (_, right) => (isOffer(right) ? right : { body: { message: 'No new version' } }) },
  ],
  [
    4,
    'has a kind of its own',
    'zip',
    { update: (_, right) => (isOffer(right) ? right : { body: { error: 'x', kind: 'later', message: '' } }) },
  ],
  [4, 'answers with HTML', 'nothing', { update: () => ({ status: 500, body: '<html>' }) }],
  [5, 'puts error: null into offers', 'zip', offers((offer) => ({ ...offer, error: null }))],
  [6, 'sends manifest: null', 'zip', offers((offer) => ({ ...offer, manifest: null }))],
  [6, 'sends session_key: null', 'zip', offers((offer) => ({ ...offer, session_key: null }))],
  [7, 'sends breaking as text', 'zip', offers((offer) => ({ ...offer, breaking: 'true' }))],
  [7, 'sends data with a number', 'zip', offers((offer) => ({ ...offer, data: { a: 1 } }))],
  [8, 'leaves the url out', 'zip', offers(without('url'))],
  [8, 'sends a relative url', 'zip', offers((offer) => ({ ...offer, url: '/zip' }))],
  [
    9,
    'offers builtin to every plugin',
    'builtin',
    { update: (_, right) => (isOffer(right) ? right : builtinIfOld(right)) },
  ],
  [10, 'offers another checksum each time', 'zip', offers((offer) => ({ ...offer, checksum: randomHex() }))],
  [
    11,
    'goes on offering after update_fail',
    'zip',
    {
      update: (info, right) =>
        info['version_name'] === '1.0.0' && !isOffer(right)
          ? { body: { version: FAKE_VERSION, url: 'http://127.0.0.1/zip', checksum: 'x' } }
          : right,
    },
  ],
  [
    12,
    'sends the checksum in capitals',
    'zip',
    offers((offer) => ({ ...offer, checksum: String(offer['checksum']).toUpperCase() })),
  ],
  [12, 'sends no checksum', 'zip', offers(without('checksum'))],
  [
    13,
    'sends a plain checksum with a session key',
    'encrypted',
    offers((offer) => ({ ...offer, checksum: 'ab'.repeat(32) })),
  ],
  [13, 'cuts the session key', 'encrypted', offers((offer) => ({ ...offer, session_key: 'AAAA:BBBB' }))],
  [
    14,
    'offers to every key',
    'encrypted',
    {
      update: (info, right) =>
        info['key_id'] === undefined ? right : { body: { version: FAKE_VERSION, url: 'http://a/b' } },
    },
  ],
  [15, 'sends zips in chunks', 'zip', { file: chunked }],
  [15, 'has index.html in a folder', 'zip', { zip: buildZip([{ name: 'www/index.html', content: 'x' }]) }],
  [15, 'has backslashes in names', 'zip', { zip: buildZip([{ name: 'index.html' }, { name: 'a\\b.js' }]) }],
  [16, 'answers Range with the whole', 'zip', { file: whole }],
  [16, 'leaves the length out of Content-Range', 'zip', { file: unknownTotal }],
  [17, 'answers a Range at the end with 200', 'zip', { file: emptyAtEnd }],
  [18, 'cannot deliver the zip', 'zip', { file: missing }],
  [19, 'leaves hashes out', 'manifest', entries((entry) => without('file_hash')(entry))],
  [
    19,
    'does not encode addresses',
    'manifest',
    entries((entry) => ({ ...entry, download_url: `${String(entry['download_url'])} x` })),
  ],
  [
    20,
    'names a file twice',
    'manifest',
    entries((entry, index) => (index === 3 ? { ...entry, file_name: 'index.html' } : entry)),
  ],
  [
    20,
    'names a file outside',
    'manifest',
    entries((entry, index) => (index === 3 ? { ...entry, file_name: '../x' } : entry)),
  ],
  [21, 'refuses many at a time', 'manifest', { file: onlyOne() }],
  [
    22,
    'misses a file',
    'manifest',
    entries((entry, index) => (index === 5 ? { ...entry, file_hash: '0'.repeat(64) } : entry)),
  ],
  [
    23,
    'refuses single objects',
    'zip',
    { stats: (text, right) => (text.startsWith('{"pl') ? { status: 400, body: {} } : right) },
  ],
  [
    23,
    'refuses long batches',
    'zip',
    { stats: (text, right) => (text.length > 20_000 ? { status: 413, body: {} } : right) },
  ],
  [24, 'answers stats with nothing', 'zip', { stats: (_, right) => ({ ...right, body: '' }) }],
  [
    25,
    'answers what it cannot read with 500',
    'zip',
    { stats: (_, right) => (right.status === 400 ? { status: 500, body: {} } : right) },
  ],
  [26, 'sends a date in Retry-After', 'zip', { stats: () => ({ status: 429, headers: retryDate, body: {} }) }],
  [
    27,
    'has texts for channel ids',
    'zip',
    { channel: (method, _, right) => (method === 'GET' ? { body: [{ id: '1', name: 'a' }] } : right) },
  ],
  [
    27,
    'does not know DELETE',
    'zip',
    { channel: (method, _, right) => (method === 'DELETE' ? { status: 405, body: 'no' } : right) },
  ],
  [
    28,
    'puts error: "" into successes',
    'zip',
    {
      channel: (method, _, right) =>
        method === 'PUT' && right.status === undefined ? { body: { ...(right.body as object), error: '' } } : right,
    },
  ],
  [
    29,
    'says 200 to an unknown channel',
    'zip',
    {
      channel: (method, _, right) =>
        right.status === 400 && method === 'PUT' ? { body: { channel: '', allowSet: true } } : right,
    },
  ],
  [
    29,
    'spells allow_set',
    'zip',
    {
      channel: (method, _, right) =>
        method === 'PUT' && right.status === undefined ? { body: { channel: 'a', allow_set: true } } : right,
    },
  ],
  [
    30,
    'does not unset for the public channel',
    'zip',
    { channel: (_, info, right) => (info['channel'] === 'production' ? { body: { status: 'ok' } } : right) },
  ],
  [
    30,
    'lets everybody into private channels',
    'zip',
    { channel: (_, info, right) => (info['channel'] === 'internal' ? { body: { status: 'ok' } } : right) },
  ],
  [31, 'redirects checks', 'nothing', { update: () => ({ status: 301, headers: { location: '/other' }, body: {} }) }],
  [31, 'asks for a login', 'nothing', { stats: () => ({ status: 401, body: {} }) }],
];

describe('a server that', () => {
  it.each(violations)('breaks row %i: %s', async (row, _, mode, wrongs) => {
    const report = await check(mode, wrongs);
    expect(rowsOf(report, 'failed')).toContain(row);
    expect(report.ok).toBe(false);
  });

  it('does not answer at all fails what was asked, and the run ends', async () => {
    const report = await runConformance({
      updateUrl: 'http://127.0.0.1:9/updates',
      statsUrl: undefined,
      channelUrl: undefined,
      appId: 'com.example.app',
      nativeVersion: '1.0.0',
      isReadOnly: false,
    });
    expect(rowsOf(report, 'failed')).toEqual([1, 2, 3, 4, 31]);
  });
});

function builtinIfOld(right: FakeAnswer): FakeAnswer {
  const isTooOld = JSON.stringify(right.body).includes('too_old');
  return isTooOld ? { body: { version: 'builtin' } } : right;
}

let counter = 0;
function randomHex(): string {
  counter += 1;
  return counter.toString(16).padStart(64, '0');
}

type FileAnswer = NonNullable<Wrongs['file']>;

function chunked(...[, response, content]: Parameters<FileAnswer>): boolean {
  response.writeHead(200);
  response.write(content.subarray(0, 1));
  response.end(content.subarray(1));
  return true;
}

function whole(...[, response, content]: Parameters<FileAnswer>): boolean {
  response.writeHead(200, { 'content-length': content.length });
  response.end(content);
  return true;
}

function unknownTotal(...[request, response, content]: Parameters<FileAnswer>): boolean {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? -1);
  if (start < 0 || start >= content.length) return false;
  const part = content.subarray(start);
  response.writeHead(206, { 'content-length': part.length, 'content-range': `bytes ${start}-${content.length - 1}/*` });
  response.end(part);
  return true;
}

function emptyAtEnd(...[request, response, content]: Parameters<FileAnswer>): boolean {
  if (request.headers.range !== `bytes=${content.length}-`) return false;
  return whole(request, response, content);
}

function missing(...[, response]: Parameters<FileAnswer>): boolean {
  response.writeHead(404, { 'content-length': 0 });
  response.end();
  return true;
}

/** A connection for each is too much for it. */
function onlyOne(): FileAnswer {
  const held: (() => void)[] = [];
  let quiet: NodeJS.Timeout | undefined;
  return (_, response, content) => {
    const isTooMuch = held.length >= 8;
    held.push(() => {
      response.writeHead(isTooMuch ? 503 : 200, { 'content-length': isTooMuch ? 0 : content.length });
      response.end(isTooMuch ? '' : content);
    });
    // Held as long as more of them come: a slow client would never have many open for a fixed time.
    clearTimeout(quiet);
    quiet = setTimeout(() => held.splice(0).forEach((answer) => answer()), isTooMuch ? 0 : 100);
    return true;
  };
}
