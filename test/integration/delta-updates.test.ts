import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';
import { askForUpdate, downloadManifest, type DeltaOffer } from '#test/helpers/delta-phone.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { randomBuilds } from '#test/helpers/random-trees.ts';
import { soundBuild, type Tree } from '#test/helpers/trees.ts';

let host: DeviceHost;
beforeEach(async () => {
  host = await openDeviceHost();
});
afterEach(() => host[Symbol.asyncDispose]());

const prose = (length: number, seed = 1): string => {
  let text = '';
  for (let line = 0; text.length < length; line += 1) text += `export const v${line * seed} = ${line ** 3 % 997};\n`;
  return text.slice(0, length);
};

/** What the official tool refuses, drops or breaks: capgo-server-and-cli.md §4, clients.md §6.2. */
const oddTree: Tree = {
  ...soundBuild,
  'with space.txt': 'a',
  'sub@2x/ü%20.txt': 'b',
  'what?.js': prose(20_000),
  'a#b&c=d+e.css': prose(9_000, 3),
  '日本/😀.svg': '<svg/>',
  'empty.txt': '',
  'other/empty.bin': '',
  'data.json.br': '{"a":1}',
  'packed.br': brotliCompressSync(prose(30_000)),
  'empty.br': '',
  'empty.br.br': 'x',
  'data.json': prose(10_000, 5),
  'exactly-8192.txt': 'a'.repeat(8192),
  'only-8191.txt': 'a'.repeat(8191),
  'noise.png': randomBytes(50_000),
  'big.bin': randomBytes(5_000_000),
  'big.txt': prose(5_000_000, 7),
  '.well-known/assetlinks.json': '[]',
  'twin/one.js': prose(12_000, 9),
  'twin/two.js': prose(12_000, 9),
};

function expectTree(files: ReadonlyMap<string, Buffer>, tree: Tree): void {
  expect([...files.keys()].toSorted()).toEqual(Object.keys(tree).toSorted());
  for (const [path, content] of Object.entries(tree)) {
    expect([path, files.get(path)?.equals(Buffer.from(content))]).toEqual([path, true]);
  }
}

const rows = async () =>
  (await host.core.activity.list({ appId: host.app.appId, kinds: ['download'], limit: 100 })).rows;

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let turn = 0; turn < 1_200; turn += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(25);
  }
  throw new Error('it did not come');
}

describe('a release with a delta manifest', () => {
  it('is rebuilt from its files whatever they are called', async () => {
    const published = await host.publish(oddTree, '1.0.1');
    const offer = await askForUpdate(host.urls.update);
    const { files, bytes } = await downloadManifest(offer);
    expectTree(files, oddTree);
    expect(published.delta).toEqual({ files: Object.keys(oddTree).length, bytes });
    expect(Object.values(offer)).not.toContain(null);
    const zip = Buffer.from(await (await fetch(offer.url)).arrayBuffer());
    expect(createHash('sha256').update(zip).digest('hex')).toBe(offer.checksum);
  });

  it('names bodies as the official tool does: brotli from 8,192 bytes on where it saves', async () => {
    await host.publish(oddTree, '1.0.1');
    const { manifest = [] } = await askForUpdate(host.urls.update);
    const nameOf = (path: string) =>
      manifest.find(({ file_name: name }) => [path, `${path}.br`].includes(name))?.file_name;
    expect(nameOf('exactly-8192.txt')).toBe('exactly-8192.txt.br');
    expect(nameOf('only-8191.txt')).toBe('only-8191.txt');
    expect(nameOf('noise.png')).toBe('noise.png');
    expect(nameOf('big.bin')).toBe('big.bin');
    expect(nameOf('big.txt')).toBe('big.txt.br');
    expect(manifest.every(({ file_hash: hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it.each(['v3', 'v2'] as const)('is rebuilt when it is encrypted (%s)', async (format) => {
    const key = await host.core.keys.create('work');
    await host.publish(oddTree, '1.0.1', { key: 'work', format, allowKeyMismatch: true });
    const offer = await askForUpdate(host.urls.update, { key_id: key.keyId });
    expect(offer.session_key).toMatch(/^[\w+/]{22}==:[\w+/]{342}==$/);
    expect(offer.manifest?.every(({ file_hash: hash }) => hash.length === (format === 'v3' ? 512 : 344))).toBe(true);
    expectTree((await downloadManifest(offer, { publicPem: key.publicPem })).files, oddTree);
    // Sealed hashes are taken over, and what brotli made; each release encrypts it with a session key of its own.
    await host.publish({ ...oddTree, 'app.js': `${oddTree['app.js']?.toString()} //` }, '1.0.2', {
      key: 'work',
      format,
    });
    const next = await askForUpdate(host.urls.update, { key_id: key.keyId });
    const changed = { ...oddTree, 'app.js': `${oddTree['app.js']?.toString()} //` };
    expectTree((await downloadManifest(next, { publicPem: key.publicPem })).files, changed);
    const hashes = (one: DeltaOffer) => one.manifest?.map(({ file_hash: hash }) => hash);
    const before = new Set(hashes(offer));
    expect(hashes(next)?.filter((hash) => before.has(hash)).length).toBeGreaterThan(10);
  });

  it('costs a phone only what changed, and the store, too', async () => {
    await host.publish(oddTree, '1.0.1');
    const kept = new Map<string, Buffer>();
    const first = await askForUpdate(host.urls.update);
    await downloadManifest(first, { kept });
    const changed = { ...oddTree, 'what?.js': prose(20_000, 11), 'moved/😀.svg': '<svg/>' };
    await host.publish(changed, '1.0.2');
    const second = await askForUpdate(host.urls.update, { version_name: '1.0.1' });
    const { files, fetched, bytes } = await downloadManifest(second, { kept });
    expectTree(files, changed);
    // The moved one is found by content and name.
    expect(fetched).toBe(1);
    expect(bytes).toBeLessThanOrEqual(1.05 * brotliCompressSync(prose(20_000, 11)).length);
    const paths = (offer: DeltaOffer) => new Set(offer.manifest?.map(({ download_url: url }) => new URL(url).pathname));
    const before = paths(first);
    expect([...paths(second)].filter((path) => !before.has(path))).toHaveLength(1);
  });

  it('outlives the deletion of the release it shares bodies with', async () => {
    await host.publish(oddTree, '1.0.1');
    await host.publish({ ...oddTree, 'app.js': `${oddTree['app.js']?.toString()} //` }, '1.0.2');
    await host.core.releases.delete({ appId: host.app.appId, release: '1.0.1', force: false });
    const { files } = await downloadManifest(await askForUpdate(host.urls.update));
    expect(files.size).toBe(Object.keys(oddTree).length);
    await host.core.releases.delete({ appId: host.app.appId, release: '1.0.2', force: true });
    expect(host.core.releases.list(host.app.appId)).toEqual([]);
  });

  it('is not made on request', async () => {
    const { delta } = await host.publish(soundBuild, '1.0.1', { delta: false });
    expect(delta).toBeNull();
    expect(await askForUpdate(host.urls.update)).not.toHaveProperty('manifest');
  });
});

describe('any build', () => {
  it('is rebuilt from its manifest, byte by byte, plain and encrypted, anew and by a phone that keeps its files', async () => {
    const key = await host.core.keys.create('work');
    const kept = new Map<string, Buffer>();
    let version = 0;
    await fc.assert(
      fc.asyncProperty(randomBuilds, fc.boolean(), async (tree, isEncrypted) => {
        version += 1;
        const options = isEncrypted ? { key: 'work' } : {};
        await host.publish(tree, `2.0.${version}`, { ...options, allowKeyMismatch: true });
        const offer = await askForUpdate(host.urls.update, isEncrypted ? { key_id: key.keyId } : {});
        const reading = isEncrypted ? { publicPem: key.publicPem } : {};
        expectTree((await downloadManifest(offer, reading)).files, tree);
        expectTree((await downloadManifest(offer, { ...reading, kept })).files, tree);
      }),
      { numRuns: 12 },
    );
    expect(version).toBe(12);
  });
});

describe('who is given a manifest', () => {
  it.each([
    // capgo-server-and-cli.md §4, clients.md §6.1, §6.2
    [true, { plugin_version: '8.51.23' }],
    [true, { plugin_version: '8.0.0' }],
    [true, { plugin_version: '9.1.0' }],
    [true, { plugin_version: '7.0.38' }],
    [true, { plugin_version: '6.25.0' }],
    [true, { plugin_version: '5.50.1' }],
    [true, { platform: 'ios' }],
    [false, { plugin_version: '7.0.37' }],
    [false, { plugin_version: '7.0.34' }],
    [false, { plugin_version: '6.24.9' }],
    [false, { plugin_version: '6.7.0' }],
    [false, { plugin_version: '5.20.0' }],
    [false, { plugin_version: 'unknown' }],
    [false, { plugin_version: null }],
    [false, { platform: 'electron', plugin_version: '8.51.23' }],
    [false, { platform: 'electron', plugin_version: '0.0.1' }],
  ])('%s for %j', async (isGiven, fields) => {
    await host.publish(soundBuild, '1.0.1');
    const offer = await askForUpdate(host.urls.update, fields);
    expect(offer.version).toBe('1.0.1');
    expect('manifest' in offer).toBe(isGiven);
    expect(Array.isArray(offer.manifest) && offer.manifest.length > 0).toBe(isGiven);
  });
});

describe('the files of a manifest', () => {
  it('come whole, in parts, and with the answer that ends a resumed download (clients.md §6.4)', async () => {
    await host.publish(oddTree, '1.0.1');
    const { manifest = [] } = await askForUpdate(host.urls.update);
    const url = manifest.find(({ file_name: name }) => name === 'noise.png')?.download_url ?? '';
    const content = Buffer.from(oddTree['noise.png'] ?? '');
    const ask = (headers: Record<string, string>, method = 'GET') => fetch(url, { method, headers });
    const whole = await ask({});
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-length': '50000',
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/) as string,
    });
    expect(whole.headers.get('content-encoding')).toBeNull();
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    const part = await ask({ range: 'bytes=49990-' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 49990-49999/50000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(49_990))).toBe(true);
    const over = await ask({ range: 'bytes=50000-' });
    expect([over.status, over.headers.get('content-range')]).toEqual([416, 'bytes */50000']);
    await over.arrayBuffer();
    const head = await ask({}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '50000']);
  });

  it('are those of the app and no others', async () => {
    await host.publish(soundBuild, '1.0.1');
    const { manifest = [] } = await askForUpdate(host.urls.update);
    host.core.apps.ensure({ appId: 'com.example.other' });
    const other = host.core.apps.get('com.example.other');
    const path = new URL(manifest[0]?.download_url ?? '').pathname;
    expect((await fetch(`${host.origin}${path}`)).status).toBe(200);
    expect((await fetch(`${host.origin}${path.replace(host.app.token, other.token)}`)).status).toBe(404);
    for (const odd of ['..', 'a'.repeat(64), `${'a'.repeat(64)}.br`, 'A'.repeat(64), 'x.br', '%2e%2e%2fslipway']) {
      const answer = await fetch(`${host.origin}/${host.app.token}/files/${odd}`);
      expect([answer.status, (await answer.json()) as object]).toEqual([
        404,
        expect.objectContaining({ kind: 'failed' }),
      ]);
    }
  });

  it('are one row of the log, and move the device on', async () => {
    await host.publish(oddTree, '1.0.1');
    const offer = await askForUpdate(host.urls.update);
    await downloadManifest(offer);
    const row = await until(async () => (await rows()).find(({ outcome }) => outcome !== 'running'));
    expect(await rows()).toHaveLength(1);
    expect(row).toMatchObject({ outcome: 'ok', version: '1.0.1', deviceId: androidCheck.device_id });
    const files = Object.keys(oddTree).length;
    expect(row.summary).toMatch(new RegExp(`^Downloaded \\d+ of ${files} files of 1\\.0\\.1, [\\d.]+ MiB$`));
    expect(host.core.devices.get(host.app.appId, androidCheck.device_id).state).toMatchObject({
      kind: 'downloaded',
      version: '1.0.1',
    });
  });
});

describe('manifest_size', () => {
  it('tells what the missing files weigh, and which it does not know (clients.md §1.7)', async () => {
    await host.publish(oddTree, '1.0.1');
    const offer = await askForUpdate(host.urls.update);
    const unknown = {
      file_name: 'x.js',
      file_hash: 'b'.repeat(64),
      download_url: `${host.origin}/${host.app.token}/files/${'b'.repeat(64)}`,
    };
    const asked = [...(offer.manifest ?? []).slice(0, 5), unknown];
    const missing = { ...unknown, error: 'size_unknown' };
    const answer = await fetch(`${host.urls.update}/manifest_size`, {
      method: 'POST',
      body: JSON.stringify({ ...androidCheck, version: '1.0.1', manifest: asked }),
    });
    const told = (await answer.json()) as { totalSize: number; files: { size?: number }[] };
    const sizes = await Promise.all(
      asked.slice(0, 5).map(async ({ download_url: url }) => (await (await fetch(url)).arrayBuffer()).byteLength),
    );
    expect(told).toEqual({
      totalSize: sizes.reduce((sum, size) => sum + size, 0),
      knownFiles: 5,
      unknownFiles: 1,
      files: [...asked.slice(0, 5).map((entry, index) => Object.assign({ size: sizes[index] }, entry)), missing],
    });
  });

  it.each(['', '[]', '{}', '{"manifest":{}}', 'not json'])('answers %j with 400', async (body) => {
    const answer = await fetch(`${host.urls.update}/manifest_size`, { method: 'POST', body });
    expect([answer.status, (await answer.json()) as object]).toEqual([
      400,
      expect.objectContaining({ kind: 'failed' }),
    ]);
  });
});
