import { mkdir, symlink } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { openBuild } from './build-files.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import { readStats } from './file-stats.ts';

let pool: DeflatePool;
beforeAll(() => {
  pool = createDeflatePool({ size: 2 });
});
afterAll(() => pool.close());

describe('asking the file system in threads', () => {
  it('tells of each name what asking in this one does, and why where it cannot', async () => {
    await using temp = await temporaryFolder();
    const folder = await writeTree(temp.at('build'), { 'a.txt': 'abc', 'empty.txt': '', 'sub/b.txt': 'x' });
    await symlink('a.txt', temp.at('build/link.txt'));
    const names = ['sub', 'a.txt', 'gone.txt', 'link.txt', 'empty.txt', 'a.txt/below'];
    const found = await pool.readStats(folder, names);
    expect(found).toEqual(await readStats(folder, names));
    expect(found.map((stats) => (stats.kind === 'unreadable' ? stats.reason : stats.kind))).toEqual([
      'folder',
      'file',
      'ENOENT',
      'link',
      'file',
      'ENOTDIR',
    ]);
    expect(found[1]).toMatchObject({ sizeBytes: 3 });
    expect(await pool.readStats(folder, [])).toEqual([]);
  });

  it('lists the same build, in parts of hundreds of names too', async () => {
    await using temp = await temporaryFolder();
    const files = Array.from({ length: 600 }, (_, index) => [`many/${index}.js`, 'x'.repeat(index % 7)]);
    const folder = await writeTree(temp.at('build'), {
      ...soundBuild,
      ...Object.fromEntries(files),
      'many/.DS_Store': '',
      'many/deep/er/a.txt': 'a',
      'many/con.txt': '',
      'few/b.txt': 'b',
    });
    await mkdir(temp.at('build/many/empty'));
    await symlink('7.js', temp.at('build/many/link.js'));
    await symlink('..', temp.at('build/many/loop'));
    await symlink('/', temp.at('build/many/out'));
    await using alone = await openBuild(folder);
    await using inThreads = await openBuild(folder, { pool });
    expect(inThreads.files).toEqual(alone.files);
    expect(inThreads.findings).toEqual(alone.findings);
    expect(inThreads.leftOut).toEqual(alone.leftOut);
    expect(inThreads.files).toHaveLength(606);
  });

  it('ends when it is cancelled, and with the threads', async () => {
    await using temp = await temporaryFolder();
    const tree = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}.js`, '']));
    const folder = await writeTree(temp.at('build'), tree);
    await expect(openBuild(folder, { pool, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    const closed = createDeflatePool({ size: 1 });
    await closed.close();
    await expect(openBuild(folder, { pool: closed })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
