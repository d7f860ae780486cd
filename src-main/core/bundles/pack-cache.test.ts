import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import type { BuildFile } from './build-file.ts';
import { openBuild } from './build-files.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import { LARGE_FILE_BYTES } from './deflate-protocol.ts';
import { packBundle, type PackedBundle } from './pack-bundle.ts';
import { createPackCache } from './pack-cache.ts';
import { verifyBundleZip } from './read-zip.ts';

let pool: DeflatePool;
/** Entries that the threads had to make. */
let compressed: string[] = [];
beforeAll(() => {
  const real = createDeflatePool({ size: 2 });
  pool = {
    ...real,
    deflateBatch(tasks, cancel) {
      compressed.push(...tasks.map(({ path }) => path));
      return real.deflateBatch(tasks, cancel);
    },
    deflateLarge(task, spoolPath, cancel) {
      compressed.push(task.path);
      return real.deflateLarge(task, spoolPath, cancel);
    },
  };
});
afterAll(() => pool.close());

type Temp = Awaited<ReturnType<typeof temporaryFolder>>;

async function pack(
  temp: Temp,
  { hasCache = true, startedMs = Date.now() }: { hasCache?: boolean; startedMs?: number } = {},
): Promise<PackedBundle> {
  const cache = createPackCache(temp.at('cache'));
  const zipPath = temp.at('out.zip');
  await rm(zipPath, { force: true });
  await using build = await openBuild(temp.at('build'));
  await using reuse = hasCache ? await cache.load(build.sourcePath) : null;
  compressed = [];
  const packed = await packBundle(build, zipPath, { pool, reuse });
  await cache.save(build.sourcePath, { zipPath, startedMs, entries: packed.entries }, build.files);
  return packed;
}

const tree = {
  ...soundBuild,
  'assets/a.js': 'export const a = 1;\n'.repeat(500),
  'assets/b.bin': createHash('sha512').update('b').digest(),
  'assets/c.css': 'body {}',
  'empty.txt': '',
};

/** A build that was written long enough ago. */
async function built(): Promise<Temp> {
  const temp = await temporaryFolder();
  await writeTree(temp.at('build'), tree);
  await delay(150);
  return temp;
}

describe('packing a build again', () => {
  it('compresses only what changed, and gives the same bytes as packing anew', async () => {
    await using temp = await built();
    await pack(temp);
    expect(compressed).toHaveLength(Object.keys(tree).length);
    const again = await pack(temp);
    expect(compressed).toEqual([]);
    await writeFile(temp.at('build/assets/a.js'), 'export const a = 2;\n');
    const changed = await pack(temp);
    expect(compressed).toEqual(['assets/a.js']);
    expect(changed.sha256).not.toBe(again.sha256);
    const anew = await pack(temp, { hasCache: false });
    expect(changed).toEqual(anew);
    expect(await verifyBundleZip(temp.at('out.zip'))).toMatchObject({ files: Object.keys(tree).length });
  });

  it('copies large files too, compressed or as they are', async () => {
    await using temp = await temporaryFolder();
    const text = 'export const line = "of a large script";\n'.repeat(LARGE_FILE_BYTES / 32);
    const media = Buffer.concat(
      Array.from({ length: LARGE_FILE_BYTES / 64 + 1 }, (_, at) => createHash('sha512').update(`${at}`).digest()),
    );
    await writeTree(temp.at('build'), { ...soundBuild, 'big.js': text, 'film.mp4': media });
    await delay(150);
    const first = await pack(temp);
    expect(compressed).toEqual(expect.arrayContaining(['big.js', 'film.mp4']));
    expect(first.entries.find(({ path }) => path === 'film.mp4')?.storedAt).not.toBeNull();
    await writeFile(temp.at('build/c.css'), 'body {}');
    const changed = await pack(temp);
    expect(compressed).toEqual(['c.css']);
    expect(changed).toEqual(await pack(temp, { hasCache: false }));
  });

  it('compresses each of many large files once, and leaves nothing beside the zip', async () => {
    await using temp = await temporaryFolder();
    const names = Array.from({ length: 7 }, (_, index) => `large-${index}.txt`);
    const text = 'x'.repeat(LARGE_FILE_BYTES + 1);
    await writeTree(temp.at('build'), Object.fromEntries(names.map((name) => [name, text])));
    await pack(temp, { hasCache: false });
    expect(compressed.toSorted()).toEqual(names);
    expect((await readdir(temp.at('.'))).toSorted()).toEqual(['build', 'cache', 'out.zip']);
  });

  it('follows files that come and go', async () => {
    await using temp = await built();
    await pack(temp);
    await rm(temp.at('build/assets/c.css'));
    await writeFile(temp.at('build/assets/aa.js'), 'new');
    const changed = await pack(temp);
    expect(compressed).toEqual(['assets/aa.js']);
    expect(changed).toEqual(await pack(temp, { hasCache: false }));
  });

  it('notices another content of the same size and time', async () => {
    await using temp = await built();
    await pack(temp);
    const path = temp.at('build/assets/c.css');
    const { atime, mtime } = await stat(path);
    await writeFile(path, 'html {}');
    await utimes(path, atime, mtime);
    const changed = await pack(temp);
    expect(compressed).toEqual(['assets/c.css']);
    expect(changed).toEqual(await pack(temp, { hasCache: false }));
  });

  it('trusts no file that was written just before', async () => {
    await using temp = await temporaryFolder();
    await writeTree(temp.at('build'), tree);
    const written = await Promise.all(Object.keys(tree).map((path) => stat(temp.at(`build/${path}`))));
    await pack(temp, { startedMs: Math.min(...written.map(({ ctimeMs }) => ctimeMs)) + 50 });
    await pack(temp);
    expect(compressed).toHaveLength(Object.keys(tree).length);
  });

  it.each([
    ['is cut off', (path: string) => truncate(path, 10), 'zip'],
    ['is gone', (path: string) => rm(path), 'zip'],
    ['is no index', (path: string) => writeFile(path, '{"format":1,"zipBytes":'), 'index'],
    ['is of another format', (path: string) => writeFile(path, '{"format":0,"zipBytes":1}\n[]'), 'index'],
  ])('works without what is kept when it %s', async (_, damage, kind) => {
    await using temp = await built();
    const first = await pack(temp);
    const names = await readdir(temp.at('cache'));
    await damage(temp.at(`cache/${names.find((name) => name.endsWith(kind)) ?? ''}`));
    expect(await pack(temp)).toEqual(first);
    expect(compressed).toHaveLength(Object.keys(tree).length);
  });

  it('leaves the zip that it was given alone', async () => {
    await using temp = await built();
    await pack(temp);
    const before = await readFile(temp.at('out.zip'));
    await rm(temp.at('cache'), { recursive: true });
    expect((await readFile(temp.at('out.zip'))).equals(before)).toBe(true);
  });

  it('keeps an index and its own zip of packs that end at the same time', async () => {
    await using temp = await temporaryFolder();
    const cache = createPackCache(temp.at('cache'));
    const made: { readonly save: () => Promise<void>; readonly build: BuildFile; readonly text: string }[] = [];
    for (const text of ['first', 'other']) {
      await writeTree(temp.at('build'), { 'index.html': text });
      await delay(150);
      const zipPath = temp.at(`${text}.zip`);
      const startedMs = Date.now();
      await using build = await openBuild(temp.at('build'));
      const { entries } = await packBundle(build, zipPath, { pool });
      const [file] = build.files;
      if (!file) throw new Error('nothing was listed');
      const save = () => cache.save('build', { zipPath, startedMs, entries }, build.files);
      made.push({ save, build: file, text });
    }
    for (let turn = 0; turn < 20; turn += 1) {
      const order = turn % 2 === 0 ? made : made.toReversed();
      const loads = order.map(async ({ save }) => {
        const saving = save();
        const loaded = await cache.load('build');
        await saving;
        return loaded;
      });
      for (const loading of [...loads, cache.load('build')]) {
        await using pack = await loading;
        for (const { build, text } of made) {
          const entry = pack?.find(build);
          if (!pack || entry?.storedAt == null) continue;
          const content = Buffer.alloc(entry.sizeBytes);
          await pack.read(entry.storedAt, content);
          expect(content.toString()).toBe(text);
        }
        expect(made.filter(({ build }) => pack?.find(build))).toHaveLength(1);
      }
    }
  });
});
