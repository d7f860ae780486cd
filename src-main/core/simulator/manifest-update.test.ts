import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SimulationResult } from '#contract/models/virtual-device.ts';
import {
  openFakeDeltaServer,
  plainFile,
  type FakeDeltaFile,
  type FakeDeltaOffer,
  type FakeDeltaServer,
} from '#test/helpers/fake-delta-server.ts';
import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';
import { buildZip } from '#test/helpers/zip-builder.ts';

import { encryptBody } from '../crypto/envelope.ts';
import { createKeyMaterial, type PrivateKeyMaterial } from '../crypto/key-material.ts';
import { createSessionKey, sealChecksum, writeSessionKey } from '../crypto/sealed-values.ts';
import { readBuiltin } from './builtin-bundle.ts';
import { createDeviceFiles, type DeviceFiles } from './device-files.ts';
import { runVirtualDevice, type VirtualDeviceOptions } from './virtual-device.ts';

const page = '<script src="app.js"></script>';
const script = `CapacitorUpdater.notifyAppReady();${'/* words */'.repeat(100)}`;
const compressed = (name: string, content: string): FakeDeltaFile =>
  plainFile(`${name}.br`, content, brotliCompressSync(content));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: DeviceFiles;
let key: PrivateKeyMaterial;
beforeAll(async () => {
  key = await createKeyMaterial();
  folder = await temporaryFolder();
  files = createDeviceFiles(folder.at('files'));
});
afterAll(() => folder[Symbol.asyncDispose]());

const run = ({ updateUrl, statsUrl }: FakeDeltaServer, options: Partial<VirtualDeviceOptions> = {}) =>
  runVirtualDevice({ updateUrl, statsUrl, appId: 'com.example.app', timeScale: 0.001, files, ...options });

const details = ({ steps }: SimulationResult): string => steps.map(({ detail }) => detail).join('\n');
const failures = ({ stats }: SimulationResult): string[] =>
  stats.map(({ action }) => String(action)).filter((action) => action.endsWith('_fail'));

describe('the bundle that came with the app (protocol/clients.md §6.3)', () => {
  const offer: FakeDeltaOffer = {
    version: '1.0.1',
    files: [plainFile('index.html', page), compressed('app.js', script), plainFile('new.txt', 'new')],
  };

  it.each([
    // APK assets since 8.51.10, by the name without `.br`.
    { platform: 'android', pluginVersion: '8.51.23', builtin: 2 },
    { platform: 'android', pluginVersion: '8.51.10', builtin: 2 },
    { platform: 'android', pluginVersion: '8.51.9', builtin: 0 },
    { platform: 'android', pluginVersion: '7.50.2', builtin: 0 },
    // With `.br` and all, which matches nothing; 8.51.23 takes it off.
    { platform: 'ios', pluginVersion: '8.51.14', builtin: 1 },
    { platform: 'ios', pluginVersion: '7.1.0', builtin: 1 },
    { platform: 'ios', pluginVersion: '8.51.23', builtin: 2 },
    { platform: 'ios', framework: 'cordova', builtin: 2 },
  ] as const)(
    '$platform $framework $pluginVersion takes $builtin of 3 files from it',
    async ({ builtin, ...client }) => {
      await using server = await openFakeDeltaServer(offer);
      const path = await writeTree(folder.at('dist'), { 'index.html': page, 'app.js': script, 'old.txt': 'old' });
      const result = await run(server, { ...client, builtin: await readBuiltin(path, 'dist', { files }) });
      expect(result).toMatchObject({ outcome: 'updated', files: { fetched: 3 - builtin, builtin, cache: 0 } });
      expect(server.sent).toHaveLength(3 - builtin);
      expect(details(result)).toMatch(
        new RegExp(`: ${3 - builtin} fetched \\(.+\\), ${builtin} came with the app, 0 from earlier updates\\.`),
      );
    },
  );

  it('is asked before the cache, and stays over updates', async () => {
    await using server = await openFakeDeltaServer(offer);
    const path = await writeTree(folder.at('page'), { 'index.html': page });
    const builtin = await readBuiltin(path, 'dist', { files });
    const first = await run(server, { platform: 'android', builtin });
    server.offer = { ...offer, version: '1.0.2', files: [...offer.files, plainFile('more.txt', 'more')] };
    const second = await run(server, { platform: 'android', state: first.state });
    expect(second.files).toEqual({ fetched: 1, builtin: 1, cache: 2 });
    expect(details(second)).toContain('1 fetched (4 B), 1 came with the app, 2 from earlier updates.');
    expect(second.reused).toBe(page.length + script.length + 'new'.length);
  });

  it('is not used for a file of another content, nor for one of that content elsewhere', async () => {
    await using server = await openFakeDeltaServer({ version: '1.0.1', files: [plainFile('index.html', page)] });
    const path = await writeTree(folder.at('other'), { 'index.html': `${page}?`, 'copy.html': page });
    const builtin = await readBuiltin(path, 'other', { files });
    expect((await run(server, { builtin })).files).toEqual({ fetched: 1, builtin: 0, cache: 0 });
  });

  it('has to be a web build', async () => {
    const into = { files };
    await writeTree(folder.at('docs'), { 'a.txt': 'a' });
    await writeTree(folder.at('plain'), { 'file.txt': 'text' });
    const codeOf = (path: string) => readBuiltin(path, 'x', into).catch(({ code }: { code: string }) => code);
    expect(await codeOf(folder.at('docs'))).toBe('BUILTIN_WITHOUT_INDEX');
    expect(await codeOf(folder.at('nowhere'))).toBe('SOURCE_NOT_FOUND');
    expect(await codeOf(folder.at('plain/file.txt'))).toBe('SOURCE_NOT_A_BUILD');
  });
});

describe('a part of an encrypted file that is left (protocol/clients.md §6.4)', () => {
  const content = `CapacitorUpdater.notifyAppReady();${'/* words */'.repeat(400)}`;

  function encrypted(version: string): FakeDeltaOffer {
    const session = createSessionKey();
    const sealed = (text: string) => sealChecksum(createHash('sha256').update(text).digest('hex'), key, 'v3');
    const file = (name: string, text: string): FakeDeltaFile => ({
      name,
      body: encryptBody(Buffer.from(text), session),
      hash: sealed(text),
    });
    return {
      version,
      files: [file('index.html', '<script src="app.js"></script>'), file('app.js', content)],
      fields: { session_key: writeSessionKey(session, key), checksum: sealed('zip') },
    };
  }

  it.each(['android', 'ios'] as const)(
    'is continued with another release by a server that does not look, and opens to nothing: %s',
    async (platform) => {
      await using server = await openFakeDeltaServer(encrypted('1.0.1'));
      const device = { platform, publicKey: key.publicPem } as const;
      const first = await run(server, { ...device, fault: { name: 'drop', percent: 40 } });
      expect(first.outcome).toBe('failed');
      expect(first.state.partials).toHaveLength(1);

      server.offer = encrypted('1.0.2');
      const second = await run(server, { ...device, state: first.state });
      expect(second.outcome).toBe('failed');
      expect(server.sent.filter(({ status }) => status === 206)).toHaveLength(1);
      expect(details(second)).toMatch(/: had .+ of an earlier try; the server sent the rest, /);
      expect(details(second)).toContain('joined from two tries; the first may be of another release');
      expect(failures(second)).toContain('download_manifest_checksum_fail');
      expect(second.state.partials).toEqual([]);

      // Android begins anew and succeeds; iOS never tries the version again (§6.5).
      const third = await run(server, { ...device, state: second.state });
      expect(third.outcome).toBe(platform === 'android' ? 'updated' : 'failed');
      expect(third.requests.some(({ method }) => method === 'GET')).toBe(platform === 'android');
    },
  );

  it('of the same release is continued', async () => {
    await using server = await openFakeDeltaServer(encrypted('1.0.1'));
    const device = { platform: 'android', publicKey: key.publicPem } as const;
    const first = await run(server, { ...device, fault: { name: 'drop' } });
    const second = await run(server, { ...device, state: first.state });
    expect(second).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    expect(server.sent.map(({ status }) => status)).toContain(206);
  });
});

describe('Electron lays a manifest over the zip (protocol/clients.md §12.1)', () => {
  const zip = buildZip([
    { name: 'index.html', content: page },
    { name: 'app.js', content: script },
  ]);
  const withEntry = (entry: object): FakeDeltaOffer => ({
    version: '1.0.1',
    files: [],
    fields: { manifest: [entry] },
  });

  it('one file after the other, by their names as they are, and keeps what is the same', async () => {
    const offer = {
      version: '1.0.1',
      files: [plainFile('index.html', page), compressed('more.js', 'more'), plainFile('app.js', `${script}//`)],
    };
    await using server = await openFakeDeltaServer(offer, { zip });
    const result = await run(server, { platform: 'electron' });
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1', files: { fetched: 2, builtin: 0, cache: 0 } });
    expect(server.sent.map(({ name }) => name)).toEqual(['more.js.br', 'app.js']);
    const [bundle] = result.state.bundles;
    expect(bundle?.files.map(({ path }) => path)).toEqual(['index.html', 'app.js', 'more.js.br']);
    expect(result.stats.map(({ action }) => action)).toEqual(['set', 'download_complete', 'set']);
    expect(result.stats[1]).toMatchObject({ bundle_id: bundle?.id });
  });

  it.each([
    ['a file that is not there', {}, 'Download failed with status 404', { 'x.js': 404 }],
    ['a wrong hash', { file_hash: 'ab'.repeat(32) }, 'Hash verification failed for x.js', {}],
    ['a way out', { file_name: '../x.js' }, 'Manifest entry has invalid path: ../x.js', {}],
  ])('fails for %s', async (_, part, message, broken) => {
    await using server = await openFakeDeltaServer(
      { version: '1.0.1', files: [plainFile('x.js', 'x')] },
      { zip, broken },
    );
    const url = server.updateUrl.replace('/updates', '/files/x.js');
    server.offer = {
      ...server.offer,
      ...withEntry({ file_name: 'x.js', download_url: url, ...part }),
      files: server.offer.files,
    };
    const result = await run(server, { platform: 'electron' });
    expect(result.stats.at(-1)).toMatchObject({ action: 'download_fail', version_name: '1.0.1', message });
    expect(result.outcome).toBe('failed');
  });

  it('skips entries without name or address, and takes those without a hash as they come', async () => {
    await using server = await openFakeDeltaServer({ version: '1.0.1', files: [plainFile('x.js', 'x')] }, { zip });
    const download_url = server.updateUrl.replace('/updates', '/files/x.js');
    const manifest = [{ file_name: '', download_url }, { file_name: 'y' }, { file_name: 'x.js', download_url }];
    server.offer = { ...server.offer, fields: { manifest } };
    expect(await run(server, { platform: 'electron' })).toMatchObject({ outcome: 'updated', files: { fetched: 1 } });
  });

  it('fetches again what it has: it compares no versions', async () => {
    await using server = await openFakeDeltaServer({ version: '1.0.1', files: [], fields: { manifest: [] } }, { zip });
    const first = await run(server, { platform: 'electron' });
    const again = await run(server, { platform: 'electron', state: first.state });
    expect(again).toMatchObject({ outcome: 'updated', bytes: zip.length });
  });

  it('opens nothing without a key, and says so', async () => {
    const fields = { manifest: [], sessionKey: `${'A'.repeat(24)}:${'A'.repeat(344)}` };
    await using server = await openFakeDeltaServer({ version: '1.0.1', files: [], fields }, { zip });
    const result = await run(server, { platform: 'electron' });
    expect(result.stats.at(-1)).toMatchObject({ action: 'download_fail', message: 'Failed to decrypt bundle' });
  });
});

describe('Cordova’s client (protocol/clients.md §12.2)', () => {
  const cordova = { framework: 'cordova', platform: 'android' } as const;
  const offer = { version: '1.0.1', files: [plainFile('index.html', page), plainFile('app.js', script)] };

  it('updates as Capacitor’s newest, with its own version', async () => {
    await using server = await openFakeDeltaServer(offer);
    const result = await run(server, cordova);
    expect(result).toMatchObject({ outcome: 'updated', version: '1.0.1' });
    expect(result.requests[0]?.request).toMatchObject({ platform: 'android', plugin_version: '8.2.5' });
  });

  it('always wants a checksum for a zip, with or without a key', async () => {
    await using server = await openFakeDeltaServer({ ...offer, fields: { manifest: undefined, checksum: undefined } });
    const result = await run(server, cordova);
    expect(result.stats.at(-1)).toMatchObject({ action: 'checksum_required' });
  });

  it('wants a session key when its app has a key', async () => {
    await using server = await openFakeDeltaServer(offer);
    const result = await run(server, { ...cordova, publicKey: key.publicPem });
    expect(result.stats.map(({ action }) => action)).toContain('session_key_required');
    expect(server.sent).toEqual([]);
  });

  it.each(['./app.js', 'a/../app.js', 'a/./app.js'])('refuses the name %s before any request', async (name) => {
    await using server = await openFakeDeltaServer({ ...offer, files: [plainFile(name, script)] });
    const result = await run(server, cordova);
    expect(result.stats.map(({ action }) => action)).toContain('manifest_path_fail');
    expect(server.sent).toEqual([]);
  });

  it('looks at the Content-Range of a 206, which Capacitor’s does not', async () => {
    const contentRange = 'bytes 0-1/2';
    const outcomes: unknown[] = [];
    for (const framework of ['cordova', 'capacitor'] as const) {
      await using server = await openFakeDeltaServer(offer, { contentRange });
      const first = await run(server, { ...cordova, framework, fault: { name: 'drop' } });
      const second = await run(server, { ...cordova, framework, state: first.state });
      outcomes.push(second.outcome);
    }
    expect(outcomes).toEqual(['failed', 'updated']);
  });
});
