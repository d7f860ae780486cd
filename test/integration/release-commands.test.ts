import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { conformanceReportSchema } from '#contract/models/conformance.ts';
import { releaseDiffSchema } from '#contract/models/delta.ts';
import { simulationReportSchema } from '#contract/models/virtual-device.ts';
import { runCommand, startHost, type RunningHost } from '#test/helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

const appId = 'com.example.releases';
const baseUrl = 'https://cdn.example.com/app';
const oldFile = 'once there\n'.repeat(20);
const newFile = 'new\n'.repeat(20);

type Published = { readonly checksum: string; readonly size: number; readonly delta: { readonly files: number } };
type Answer = { readonly exitCode: number; readonly document: unknown };

/** A running host with two releases, and the command line on its data folder. */
async function openReleases() {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const host = opened.use(await startHost({ dataDir: folder.at('data') }));
  const publish = async (version: string, files: object): Promise<Published> => {
    const build = await writeTree(folder.at(`dist-${version}`), { ...soundBuild, ...files });
    return host.command<Published>('publish', build, '--app', appId, '--version', version);
  };
  await publish('1.0.1', { 'old.txt': oldFile, 'both.txt': 'one\n' });
  const published = await publish('1.0.2', { 'new.txt': newFile, 'both.txt': 'two\n' });
  const slipway = async (...words: string[]): Promise<Answer> => {
    const { exitCode, stdout, stderr } = await runCommand([...words, '--data-dir', host.dataDir, '--json']);
    if (!stdout.endsWith('\n')) throw new Error(`slipway ${words.join(' ')}: ${stdout}\n${stderr}`);
    return { exitCode, document: JSON.parse(stdout) as unknown };
  };
  const disposal = opened.move();
  return { folder, host, published, slipway, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

const done = (document: object): object => ({ exitCode: 0, document });
const failed = (exitCode: number, code: string): object => ({ exitCode, document: { error: { code } } });
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('release export (design/command-line.md §3)', () => {
  it('writes the zip that devices download', async () => {
    await using releases = await openReleases();
    const { folder, published, slipway } = releases;
    const out = folder.at('1.0.2.zip');
    const words = ['release', 'export', '1.0.2', '--app', appId, '--out', out];
    expect(await slipway(...words)).toMatchObject(done({ path: out, format: 'zip', files: 1, bytes: published.size }));
    expect(sha256(await readFile(out))).toBe(published.checksum);

    expect(await slipway(...words)).toMatchObject(failed(1, 'OUTPUT_EXISTS'));
    expect(await slipway('release', 'export', '9.9.9', '--app', appId, '--out', folder.at('none'))).toMatchObject(
      failed(1, 'RELEASE_NOT_FOUND'),
    );
    expect(await slipway('release', 'export', '1.0.2', '--app', appId)).toMatchObject(failed(2, 'USAGE'));
    expect(await readdir(folder.path)).not.toContain('none');
  }, 120_000);

  it('writes a tree for any web server, whose reply names files that are what it says', async () => {
    await using releases = await openReleases();
    const { folder, published, slipway } = releases;
    const out = folder.at('site');
    const words = ['release', 'export', '1.0.2', '--app', appId, '--out', out, '--format', 'static'];
    expect(await slipway(...words)).toMatchObject(failed(2, 'BAD_INPUT'));
    // The files, the bundle, and the reply.
    const exported = await slipway(...words, '--base-url', `${baseUrl}/`);
    expect(exported).toMatchObject(done({ path: out, format: 'static', files: published.delta.files + 2 }));

    const reply = JSON.parse(await readFile(join(out, 'update.json'), 'utf8')) as {
      url: string;
      manifest: { file_name: string; file_hash: string; download_url: string }[];
    };
    const at = (url: string): string => {
      expect(url.startsWith(`${baseUrl}/`)).toBe(true);
      return join(out, url.slice(baseUrl.length + 1));
    };
    expect(reply).toMatchObject({ version: '1.0.2', checksum: published.checksum });
    expect(sha256(await readFile(at(reply.url)))).toBe(published.checksum);
    expect(reply.manifest).toHaveLength(published.delta.files);
    for (const { file_name, file_hash, download_url } of reply.manifest) {
      const body = await readFile(at(download_url));
      expect(sha256(file_name.endsWith('.br') ? brotliDecompressSync(body) : body)).toBe(file_hash);
    }
  }, 120_000);
});

describe('release diff', () => {
  it('tells what came, changed and went, and what a device fetches', async () => {
    await using releases = await openReleases();
    const { folder, published, slipway } = releases;
    const compared = await slipway('release', 'diff', '1.0.1', '1.0.2', '--app', appId);
    expect(compared).toMatchObject(
      done({
        from: { version: '1.0.1' },
        to: { version: '1.0.2' },
        added: [{ path: 'new.txt', sizeBytes: newFile.length }],
        changed: [{ path: 'both.txt', sizeBytes: 4, before: { sizeBytes: 4 } }],
        removed: [{ path: 'old.txt', sizeBytes: oldFile.length }],
        unchanged: Object.keys(soundBuild).length,
        deltaFiles: 2,
        zipBytes: published.size,
      }),
    );
    const diff = releaseDiffSchema.parse(compared.document);
    const out = folder.at('diff.json');
    await slipway('release', 'diff', '1.0.1', '1.0.2', '--app', appId, '--out', out);
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(diff);
    expect(await slipway('release', 'diff', '1.0.1', '1.0.2', '--app', appId, '--file', 'both.txt')).toMatchObject(
      done({ kind: 'text', patch: expect.stringMatching(/^-one$[^]*^\+two$/m) as string }),
    );
    expect(await slipway('release', 'diff', '1.0.2', '--app', appId)).toMatchObject(failed(2, 'USAGE'));
    expect(await slipway('release', 'diff', '1.0.2', '3.0.0', '--app', appId)).toMatchObject(
      failed(1, 'RELEASE_NOT_FOUND'),
    );
  }, 120_000);
});

describe('simulate and conformance against the own host', () => {
  it('end well over its URLs, with the promised keys', async () => {
    await using releases = await openReleases();
    const { host, slipway } = releases;
    const urls = await serverUrls(host);
    const simulated = await slipway('simulate', ...urls);
    expect(simulated.exitCode).toBe(0);
    const report = simulationReportSchema.parse(simulated.document);
    expect(report).toMatchObject({ outcome: 'updated', version: '1.0.2', outcomes: { updated: 1, failed: 0 } });
    expect(report.bytes).toBeGreaterThan(0);
    for (const list of [report.steps, report.requests, report.stats]) expect(list.length).toBeGreaterThan(0);
    const broken = await slipway('simulate', ...urls, '--fault', 'file-404');
    expect(broken).toMatchObject({ exitCode: 1, document: { outcome: 'failed', version: '1.0.0' } });

    const held = await slipway('conformance', ...urls);
    const { ok, checks } = conformanceReportSchema.parse(held.document);
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect({ exitCode: held.exitCode, ok }).toEqual({ exitCode: 0, ok: true });
    expect(checks.filter(({ status }) => status === 'ok').length).toBeGreaterThan(checks.length / 2);
  }, 180_000);
});

/** Options of both commands, with the addresses that phones are given. */
async function serverUrls(host: RunningHost): Promise<string[]> {
  const { paths } = await host.command<{ paths: { update: string; stats: string; channel: string } }>(
    'app',
    'show',
    appId,
  );
  return [
    `--update-url=${host.deviceOrigin}${paths.update}`,
    `--stats-url=${host.deviceOrigin}${paths.stats}`,
    `--channel-url=${host.deviceOrigin}${paths.channel}`,
    `--app-id=${appId}`,
  ];
}
