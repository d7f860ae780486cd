import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { startBundleListener, type BundleListener } from '#test/helpers/bundle-listener.ts';
import { readTree, soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { createServices, type Services } from '../create-services.ts';
import { silentLogger, systemClock } from '../ports.ts';

const appId = 'com.example.app';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let listener: BundleListener;
let services: Services;

beforeEach(async () => {
  folder = await temporaryFolder();
  listener = await startBundleListener(() => services);
  services = await createServices(
    {
      clock: systemClock,
      logger: silentLogger,
      deviceOrigin: listener.origin,
      network: { interfaces: () => ({}) },
      secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
    },
    folder.at('data'),
  );
  const path = await writeTree(folder.at('dist'), { ...soundBuild, 'copy.js': soundBuild['app.js'] ?? '' });
  await services.jobs.wait(services.releases.publish({ appId, source: { kind: 'path', path }, allowWarnings: true }));
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const run = (out: string, format: 'zip' | 'static', baseUrl?: string) =>
  services.jobs.wait(services.releases.export({ appId, release: '1.0.0', out: folder.at(out), format, baseUrl }));

it('exports the zip that devices download, never over another file', async () => {
  const { blobSha256 } = services.releases.get(appId, '1.0.0');
  expect((await run('out.zip', 'zip')).result).toMatchObject({ files: 1, format: 'zip' });
  expect(
    createHash('sha256')
      .update(await readFile(folder.at('out.zip')))
      .digest('hex'),
  ).toBe(blobSha256);
  expect((await run('out.zip', 'zip')).error).toMatchObject({ code: 'OUTPUT_EXISTS' });
  const inside = join(services.publishDeps.dataDir, 'out.zip');
  const { jobs, releases } = services;
  const refused = await jobs.wait(releases.export({ appId, release: '1.0.0', out: inside, format: 'zip' }));
  expect(refused.error).toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});

it('exports a tree for any web server: the reply, the zip and every body under its digest', async () => {
  expect((await run('site', 'static', 'https://cdn.example.com/app/')).error).toBeNull();
  const tree = await readTree(folder.at('site'));
  const offer = JSON.parse(tree.get('update.json')?.toString() ?? '') as {
    url: string;
    version: string;
    manifest: { file_name: string; download_url: string }[];
  };
  expect(offer.version).toBe('1.0.0');
  expect(offer.manifest).toHaveLength(3);
  for (const url of [offer.url, ...offer.manifest.map((entry) => entry.download_url)]) {
    expect(url.startsWith('https://cdn.example.com/app/')).toBe(true);
    const content = tree.get(url.slice('https://cdn.example.com/app/'.length));
    const digest = createHash('sha256')
      .update(content ?? '')
      .digest('hex');
    expect(url).toContain(digest);
  }
});

it('refuses a damaged release, and a static tree without its address', async () => {
  const { blobSha256 } = services.releases.get(appId, '1.0.0');
  expect(() => services.releases.export({ appId, release: '1.0.0', out: folder.at('x'), format: 'static' })).toThrow(
    'BAD_INPUT',
  );
  await writeFile(services.blobs.path(blobSha256), 'rotten');
  expect((await run('out.zip', 'zip')).error).toMatchObject({ code: 'RELEASE_DAMAGED' });
});
