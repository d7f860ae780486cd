import { rename, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { soundBuild, temporaryFolder, writeTree } from '#test/helpers/trees.ts';

import { lookAtFolder } from './look-at-folder.ts';

describe('a look at a watched folder', () => {
  it.each(['written in place', 'put there by a rename'])(
    'shows a file of the same size and date that was %s: reproducible builds, rsync -a',
    async (way) => {
      await using folder = await temporaryFolder();
      const dist = await writeTree(folder.at('dist'), { ...soundBuild, 'data.txt': 'one' });
      const path = folder.at('dist/data.txt');
      const date = new Date('1980-01-01');
      await utimes(path, date, date);
      const look = async () => (await lookAtFolder(dist, { signal: new AbortController().signal })).look;
      const before = await look();
      expect(await look()).toEqual(before);

      // Longer than the file system's clock takes to move on.
      await delay(30);
      const target = way === 'written in place' ? path : folder.at('new');
      await writeFile(target, 'two');
      await utimes(target, date, date);
      await rename(target, path);
      expect(await look()).not.toEqual(before);
    },
  );
});
