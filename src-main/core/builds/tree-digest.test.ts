import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { openBuild } from '../bundles/build-files.ts';
import { createDeflatePool, type DeflatePool } from '../bundles/deflate-pool.ts';
import { packBundle } from '../bundles/pack-bundle.ts';
import { treeDigest, treeDigestOf } from './tree-digest.ts';

let pool: DeflatePool;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  pool = createDeflatePool({ size: 2 });
  folder = await temporaryFolder();
});
afterAll(async () => {
  await pool.close();
  await folder[Symbol.asyncDispose]();
});

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const large = Buffer.alloc(5 * 1024 * 1024, 'large ');
const tree = {
  'index.html': '<!doctype html>',
  'large.bin': large,
  'é/ü 1.txt': 'text',
  'empty.txt': '',
  ...Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`many/${index}.svg`, `<svg>${index}</svg>`])),
};
const digests = new Map(Object.entries(tree).map(([path, content]) => [path, sha256(content)]));

describe('the digest of a tree', () => {
  it('is that of the digests of its files, read from a folder or a zip, whatever is known of them', async () => {
    const dir = await writeTree(folder.at('dist'), tree);
    await using build = await openBuild(dir, { pool });
    const expected = treeDigestOf(digests);
    expect(await treeDigest(build.files, { pool })).toBe(expected);
    const read: string[] = [];
    const digest: DeflatePool['digest'] = (tasks, cancel) => {
      for (const { path } of tasks) read.push(path);
      return pool.digest(tasks, cancel);
    };
    const known = ({ path }: { readonly path: string }) => (path === 'index.html' ? undefined : digests.get(path));
    expect(await treeDigest(build.files, { pool: { digest }, known })).toBe(expected);
    expect(read).toEqual(['index.html']);
    await packBundle(build, folder.at('bundle.zip'), { pool });
    await using zip = await openBuild(folder.at('bundle.zip'));
    expect(await treeDigest(zip.files, { pool })).toBe(expected);
  });

  it.each([
    ['was written to', (path: string) => writeFile(path, 'something longer')],
    ['is gone', (path: string) => rm(path)],
  ] as const)('says which file %s since it was listed', async (_, act) => {
    const dir = await writeTree(folder.at('changing'), { 'index.html': 'page', 'a.js': 'script' });
    await using build = await openBuild(dir, { pool });
    await act(`${dir}/a.js`);
    await expect(treeDigest(build.files, { pool })).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
      params: { path: 'a.js' },
    });
  });

  it('stops when it is told to', async () => {
    await using build = await openBuild(folder.at('dist'), { pool });
    const stop = new AbortController();
    const digesting = treeDigest(build.files, { pool, signal: stop.signal });
    stop.abort();
    await expect(digesting).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
