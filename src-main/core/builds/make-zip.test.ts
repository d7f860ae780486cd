import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { makeZip } from './make-zip.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sourcePath: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  sourcePath = await writeTree(folder.at('dist'), { 'index.html': '<p>', 'a/b.txt': 'b' });
});
afterEach(() => folder[Symbol.asyncDispose]());

it('writes a zip and tells its checksum', async () => {
  const out = folder.at('out.zip');
  const result = await makeZip({ sourcePath, out, overwrite: false });
  const bytes = await readFile(out);
  const checksum = createHash('sha256').update(bytes).digest('hex');
  expect(result).toEqual({ path: out, checksum, size: bytes.length, files: 2 });
});

it('replaces a file only when it may', async () => {
  const out = folder.at('out.zip');
  await writeFile(out, 'before');
  await expect(makeZip({ sourcePath, out, overwrite: false })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
    params: { path: out },
  });
  expect(await readFile(out, 'utf8')).toBe('before');
  await makeZip({ sourcePath, out, overwrite: true });
  expect((await readFile(out)).subarray(0, 2).toString()).toBe('PK');
});

it.each(['dist/a/b.txt', 'link/a/b.txt'])('does not write over a file that it packs (%s)', async (name) => {
  await symlink(sourcePath, folder.at('link'));
  const out = folder.at(name);
  await expect(makeZip({ sourcePath, out, overwrite: true })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    params: { path: out, reason: 'it is a file of the build' },
  });
  expect(await readFile(folder.at('dist/a/b.txt'), 'utf8')).toBe('b');
  expect(await readdir(folder.at('dist/a'))).toEqual(['b.txt']);
});

it('replaces the very zip that it was made from', async () => {
  const out = folder.at('out.zip');
  const first = await makeZip({ sourcePath, out, overwrite: false });
  expect(await makeZip({ sourcePath: out, out, overwrite: true })).toEqual(first);
});

it.each(['missing/out.zip', 'folder'])('says that it cannot write to %s, and leaves nothing', async (name) => {
  await mkdir(folder.at('folder'));
  const out = folder.at(name);
  await expect(makeZip({ sourcePath, out, overwrite: true })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    params: { path: out },
  });
  expect((await readdir(folder.path)).toSorted()).toEqual(['dist', 'folder']);
});

it('leaves nothing when it is cancelled or the source is not there', async () => {
  const out = folder.at('out.zip');
  await expect(makeZip({ sourcePath, out, overwrite: true, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  await expect(makeZip({ sourcePath: folder.at('no'), out, overwrite: true })).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
  });
  expect(await readdir(folder.path)).toEqual(['dist']);
});
