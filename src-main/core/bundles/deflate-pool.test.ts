import { afterEach, describe, expect, it } from 'vitest';

import { temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { openBuild } from './build-files.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import type { DeflateTask } from './deflate-protocol.ts';

let pool: DeflatePool;
afterEach(() => pool.close());

async function tasksOf(folder: string): Promise<DeflateTask[]> {
  await using build = await openBuild(folder);
  return build.files.map(({ path, sizeBytes, source }) => ({ path, sizeBytes, content: source }));
}

describe('the threads that compress', () => {
  it('answer each request with its own result, however many there are at once', async () => {
    await using temp = await temporaryFolder();
    const tree = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`${index}.txt`, 'x'.repeat(index * 100)]),
    );
    const tasks = await tasksOf(await writeTree(temp.at('build'), tree));
    pool = createDeflatePool({ size: 3 });
    const results = await Promise.all(tasks.map((task) => pool.deflateBatch([task], new SharedArrayBuffer(1))));
    expect(results.map(({ entries }) => entries[0]?.path)).toEqual(tasks.map(({ path }) => path));
    expect(results.map(({ entries }) => entries[0]?.sizeBytes)).toEqual(tasks.map(({ sizeBytes }) => sizeBytes));
  });

  it('go on after a request that failed', async () => {
    await using temp = await temporaryFolder();
    const [good] = await tasksOf(await writeTree(temp.at('build'), { 'a.txt': 'abc' }));
    pool = createDeflatePool({ size: 1 });
    const gone: DeflateTask = {
      path: 'b',
      sizeBytes: 1,
      content: { kind: 'file', absolutePath: temp.at('b'), modifiedMs: 0 },
    };
    await expect(pool.deflateBatch([gone], new SharedArrayBuffer(1))).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    });
    if (!good) throw new Error('no task');
    await expect(pool.deflateBatch([good], new SharedArrayBuffer(1))).resolves.toMatchObject({
      entries: [{ path: 'a.txt' }],
    });
  });

  it('do nothing for a request that was cancelled before', async () => {
    await using temp = await temporaryFolder();
    const tasks = await tasksOf(await writeTree(temp.at('build'), { 'a.txt': 'abc' }));
    pool = createDeflatePool({ size: 1 });
    const cancel = new SharedArrayBuffer(1);
    new Uint8Array(cancel)[0] = 1;
    await expect(pool.deflateBatch(tasks, cancel)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('refuse work after they were ended', async () => {
    pool = createDeflatePool();
    await pool.close();
    await expect(pool.deflateBatch([], new SharedArrayBuffer(1))).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
