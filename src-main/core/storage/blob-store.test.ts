import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createBlobStore, type BlobStore } from './blob-store.ts';

let dir: string;
let blobs: BlobStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
  blobs = createBlobStore(join(dir, 'blobs'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(content: string): Promise<string> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const staged = join(dir, 'staged');
  await writeFile(staged, content);
  await blobs.put(staged, sha256);
  return sha256;
}

it('moves a file to the place that its digest names', async () => {
  const sha256 = await put('hello');
  expect(blobs.path(sha256)).toBe(join(dir, 'blobs', sha256.slice(0, 2), sha256));
  expect(await readFile(blobs.path(sha256), 'utf8')).toBe('hello');
  expect(await readdir(dir)).toEqual(['blobs']);
  expect(await blobs.has(sha256)).toBe(true);
});

it('holds equal content once, whole even if the first copy had rotted', async () => {
  const sha256 = await put('hello');
  await writeFile(blobs.path(sha256), 'rot');
  expect(await put('hello')).toBe(sha256);
  expect(await readFile(blobs.path(sha256), 'utf8')).toBe('hello');
});

it('removes what is there, and does not mind what is not', async () => {
  const sha256 = await put('hello');
  await blobs.remove(sha256);
  await blobs.remove(sha256);
  expect(await blobs.has(sha256)).toBe(false);
});

it('takes nothing but a digest for a name', () => {
  for (const name of ['', '../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`]) {
    expect(() => blobs.path(name)).toThrow('not a SHA-256');
  }
});

it('sweeps what nobody needs and what is no blob', async () => {
  const [kept, gone] = [await put('kept'), await put('gone')];
  await mkdir(join(dir, 'blobs', 'zz'), { recursive: true });
  await writeFile(join(dir, 'blobs', 'zz', 'junk'), '');
  expect(await blobs.sweep(new Set([kept]))).toBe(2);
  expect(await blobs.has(kept)).toBe(true);
  expect(await blobs.has(gone)).toBe(false);
});

it('has nothing to sweep before the first file', async () => {
  expect(await blobs.sweep(new Set())).toBe(0);
});
