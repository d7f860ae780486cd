import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import AdmZip from 'adm-zip';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { randomBuilds } from '#test/helpers/random-trees.ts';
import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { openBuild } from './build-files.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import { LARGE_FILE_BYTES } from './deflate-protocol.ts';
import { packBundle, type PackedBundle, type PackOptions } from './pack-bundle.ts';
import { verifyBundleZip } from './read-zip.ts';

let pool: DeflatePool;
beforeAll(() => {
  pool = createDeflatePool({ size: 2 });
});
afterAll(() => pool.close());

async function packFolder(folder: string, out: string, options: PackOptions = {}): Promise<PackedBundle> {
  await using build = await openBuild(folder);
  return await packBundle(build, out, { pool, ...options });
}

/** Bytes that neither repeat nor compress, the same in every run. */
function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Text that compresses, without being one long repetition. */
function prose(length: number): string {
  let text = '';
  for (let line = 0; text.length < length; line += 1) {
    text += `export const value${line * 7919} = ${line ** 3 % 997};\n`;
  }
  return text.slice(0, length);
}

describe('packing a build', () => {
  it('gives back every file as it was, by name, size and digest', async () => {
    await using temp = await temporaryFolder();
    const tree = {
      ...soundBuild,
      'empty.txt': '',
      'assets/ünïcode – name.txt': 'grüße',
      'assets/one.bin': noise(1),
      'assets/picture.png': noise(300_000),
      'assets/deep/er/text.js': prose(200_000),
    };
    const folder = await writeTree(temp.at('build'), tree);
    const packed = await packFolder(folder, temp.at('out.zip'));

    const bytes = await readFile(temp.at('out.zip'));
    expect(packed.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(packed.sizeBytes).toBe(bytes.length);
    expect(packed.files).toBe(Object.keys(tree).length);
    const unpacked = new AdmZip(bytes).getEntries();
    expect(unpacked.map((entry) => entry.entryName)).toEqual(packed.entries.map((entry) => entry.path));
    for (const entry of unpacked) {
      const content = Buffer.from(tree[entry.entryName as keyof typeof tree]);
      expect(entry.getData().equals(content)).toBe(true);
      const told = packed.entries.find((candidate) => candidate.path === entry.entryName);
      expect(told?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
      expect(told?.sizeBytes).toBe(content.length);
      expect(told?.compressedBytes).toBe(entry.header.compressedSize);
    }
    expect(await verifyBundleZip(temp.at('out.zip'))).toEqual({
      files: packed.files,
      rawBytes: packed.rawBytes,
      hasIndexHtml: true,
    });
  });

  it('writes sorted names, fixed dates, sizes in the local headers, and no folder entries', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'a-b.txt': 'x', 'a/b.txt': 'y', 'B.txt': 'z' });
    await packFolder(folder, temp.at('out.zip'));
    const zip = await readFile(temp.at('out.zip'));
    const names: string[] = [];
    for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
      const nameBytes = zip.readUInt16LE(at + 26);
      expect(zip.readUInt16LE(at + 6)).toBe(0x0800);
      expect(zip.readUInt16LE(at + 10)).toBe(0);
      expect(zip.readUInt16LE(at + 12)).toBe(0b0000000_0001_00001);
      expect(zip.readUInt16LE(at + 28)).toBe(0);
      names.push(zip.toString('utf8', at + 30, at + 30 + nameBytes));
      at += 30 + nameBytes + zip.readUInt32LE(at + 18);
    }
    expect(names).toEqual(['B.txt', 'a-b.txt', 'a/b.txt', 'app.js', 'index.html']);
    for (const entry of new AdmZip(zip).getEntries()) expect(entry.header.attr >>> 16).toBe(0o100644);
  });

  it('keeps compressed media as it is and shrinks text, whatever their size', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), {
      ...soundBuild,
      'small.png': noise(20_000),
      'small.txt': prose(20_000),
      'large.mp4': noise(LARGE_FILE_BYTES + 100_000),
      'large.txt': prose(LARGE_FILE_BYTES + 100_000),
    });
    const packed = await packFolder(folder, temp.at('out.zip'));
    const entry = (path: string) => packed.entries.find((candidate) => candidate.path === path);
    for (const path of ['small.png', 'large.mp4']) expect(entry(path)?.compressedBytes).toBe(entry(path)?.sizeBytes);
    for (const path of ['small.txt', 'large.txt']) {
      expect(entry(path)?.compressedBytes).toBeLessThan((entry(path)?.sizeBytes ?? 0) / 2);
    }
    expect((await verifyBundleZip(temp.at('out.zip'))).files).toBe(6);
    expect(await readdir(temp.path)).toEqual(['build', 'out.zip']);
  });

  it('tells progress up to the last byte', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'large.txt': prose(3_000_000) });
    const told: number[] = [];
    const packed = await packFolder(folder, temp.at('out.zip'), {
      report: ({ done, total }) => void told.push(done / total),
    });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((left, right) => left - right));
    expect(packed.rawBytes).toBeGreaterThan(3_000_000);
  });

  it('packs a zip with the same files into the same bytes as their folder', async () => {
    await using temp = await temporaryFolder();
    const tree = {
      ...soundBuild,
      'big.txt': prose(LARGE_FILE_BYTES + 5),
      'big.bin': noise(LARGE_FILE_BYTES + 5),
      'e.txt': '',
    };
    const folder = await writeTree(temp.at('build'), tree);
    const other = new AdmZip();
    for (const [path, content] of Object.entries(tree).reverse()) other.addFile(path, Buffer.from(content));
    await other.writeZipPromise(temp.at('other.zip'));
    const fromFolder = await packFolder(folder, temp.at('folder.zip'));
    const fromZip = await packFolder(temp.at('other.zip'), temp.at('zip.zip'));
    const again = await packFolder(temp.at('zip.zip'), temp.at('again.zip'));
    expect(fromZip.sha256).toBe(fromFolder.sha256);
    expect(again.sha256).toBe(fromFolder.sha256);
  });

  it('needs no pool of its caller', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await using build = await openBuild(folder);
    const packed = await packBundle(build, temp.at('out.zip'));
    expect(packed.files).toBe(2);
  });
});

describe('equal content', () => {
  it('unpacks to what was packed, whatever it was: equal bytes with other dates, in another time zone, and of the zip itself', async () => {
    const dates = fc.date({ min: new Date(0), max: new Date('2037-01-01'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(randomBuilds, dates, async (tree, date) => {
        await using temp = await temporaryFolder();
        const first = await writeTree(temp.at('first'), tree);
        const second = await writeTree(temp.at('second'), Object.fromEntries(Object.entries(tree).reverse()));
        for (const path of Object.keys(tree)) await utimes(join(second, path), date, date);
        const one = await packFolder(first, temp.at('1.zip'));
        const zone = process.env['TZ'];
        process.env['TZ'] = 'Pacific/Auckland';
        const two = await packFolder(second, temp.at('2.zip')).finally(() => {
          if (zone === undefined) delete process.env['TZ'];
          else process.env['TZ'] = zone;
        });
        expect(two.sha256).toBe(one.sha256);
        expect((await packFolder(temp.at('1.zip'), temp.at('3.zip'))).sha256).toBe(one.sha256);

        // Two readers: the official command line's, which trusts the directory, and ours, which checks both headers.
        const entries = new AdmZip(temp.at('1.zip')).getEntries();
        const unpacked = new Map(entries.map((entry) => [entry.entryName, entry.getData()]));
        expect(entries).toHaveLength(Object.keys(tree).length);
        for (const [path, content] of Object.entries(tree)) {
          expect([path, unpacked.get(path)?.equals(Buffer.from(content))]).toEqual([path, true]);
        }
        expect(await verifyBundleZip(temp.at('1.zip'))).toMatchObject({ files: entries.length, hasIndexHtml: true });
      }),
      { numRuns: 25 },
    );
  });

  it('does not depend on how many threads there are', async () => {
    await using temp = await temporaryFolder();
    const many = Object.fromEntries(
      Array.from({ length: 700 }, (_, index) => [`f/${index}.txt`, prose((index * 37) % 5000)]),
    );
    const folder = await writeTree(temp.at('build'), { ...soundBuild, ...many });
    await using single = createDeflatePool({ size: 1 });
    await using several = createDeflatePool({ size: 5 });
    const one = await packFolder(folder, temp.at('1.zip'), { pool: single });
    const two = await packFolder(folder, temp.at('2.zip'), { pool: several });
    expect(two.sha256).toBe(one.sha256);
  });
});

describe('a build that changes while it is packed', () => {
  const changes: readonly [string, (file: string) => Promise<unknown>, string][] = [
    ['grows', (file) => appendFile(file, 'more'), 'SOURCE_CHANGED'],
    ['shrinks', (file) => truncate(file, 3), 'SOURCE_CHANGED'],
    ['is written anew with as many bytes', (file) => utimes(file, 1, 1), 'SOURCE_CHANGED'],
    ['vanishes', (file) => rm(file), 'SOURCE_CHANGED'],
    ['becomes a folder', (file) => rm(file).then(() => writeTree(file, {})), 'SOURCE_CHANGED'],
  ];
  for (const [what, change, code] of changes) {
    for (const size of [100, LARGE_FILE_BYTES + 1]) {
      it(`is refused as ${code} when a file of ${size} bytes ${what}, and leaves nothing`, async () => {
        await using temp = await temporaryFolder();
        const folder = await writeTree(temp.at('build'), { ...soundBuild, 'x.txt': prose(size) });
        await using build = await openBuild(folder);
        await change(join(folder, 'x.txt'));
        await expect(packBundle(build, temp.at('out.zip'), { pool })).rejects.toMatchObject({
          code,
          params: { path: 'x.txt' },
        });
        expect(await readdir(temp.path)).toEqual(['build']);
      });
    }
  }

  it('never follows a link that took the place of a file', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'x.txt': 'mine' });
    await writeFile(temp.at('secret.txt'), 'them');
    await using build = await openBuild(folder);
    await rename(join(folder, 'x.txt'), temp.at('moved.txt'));
    await symlink(temp.at('secret.txt'), join(folder, 'x.txt'));
    await expect(packBundle(build, temp.at('out.zip'), { pool })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });
});

/** Milliseconds of processor time that this program, with its threads, took since. */
function workSince(before: NodeJS.CpuUsage | undefined): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('cancelling', () => {
  it('ends within a moment, removes the half-written zip and frees the threads', async () => {
    await using temp = await temporaryFolder();
    const parts = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index}.txt`, prose(700_000)] as const),
    );
    const folder = await writeTree(temp.at('build'), { ...soundBuild, ...parts, 'large.txt': prose(12_000_000) });
    const abort = new AbortController();
    let before: NodeJS.CpuUsage | undefined;
    const packing = packFolder(folder, temp.at('out.zip'), {
      signal: abort.signal,
      report: () => {
        before ??= process.cpuUsage();
        abort.abort();
      },
    });
    await expect(packing).rejects.toMatchObject({ code: 'CANCELLED' });
    // Work, not time: what else runs on this machine has no part in it.
    const after = workSince(before);
    expect(await readdir(temp.path)).toEqual(['build']);
    const begun = process.cpuUsage();
    await packFolder(folder, temp.at('next.zip'));
    expect(after).toBeLessThan(workSince(begun) / 3);
  });

  it('does not begin when the signal was raised before', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await using build = await openBuild(folder);
    await expect(packBundle(build, temp.at('out.zip'), { pool, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await readdir(temp.path)).toEqual(['build']);
  });
});

describe('refusals', () => {
  it('does not write over a file', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await writeFile(temp.at('out.zip'), 'mine');
    await expect(packFolder(folder, temp.at('out.zip'))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(await readFile(temp.at('out.zip'), 'utf8')).toBe('mine');
  });

  it('names the place it cannot write to', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await expect(packFolder(folder, temp.at('no/where.zip'))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });

  it('packs nothing while names or links are wrong, so that no file is missing without a word', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), soundBuild);
    await symlink('/etc/hostname', join(folder, 'host.txt'));
    await expect(packFolder(folder, temp.at('out.zip'))).rejects.toMatchObject({ code: 'BUILD_HAS_ERRORS' });
  });

  it.each(['../up.txt', '/etc/x', 'C:/x', 'a\\b', 'a/../b', 'a//b', '', 'a\0b', 'x'.repeat(300)])(
    'refuses to write the name %j even when a caller asks for it',
    async (path) => {
      await using temp = await temporaryFolder();
      const folder = await writeTree(temp.at('build'), soundBuild);
      await using build = await openBuild(folder);
      const files = build.files.map((file, index) => (index === 0 ? Object.assign({}, file, { path }) : file));
      await expect(packBundle({ files }, temp.at('out.zip'), { pool })).rejects.toMatchObject({ code: 'ZIP_UNSAFE' });
    },
  );

  it('rejects what was under way when the pool is closed', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { ...soundBuild, 'large.txt': prose(9_000_000) });
    const closing = createDeflatePool({ size: 1 });
    const packing = packFolder(folder, temp.at('out.zip'), { pool: closing });
    setTimeout(() => void closing.close(), 30);
    await expect(packing).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(temp.path)).toEqual(['build']);
  });
});
