import { describe, expect, it } from 'vitest';

import { planQualities } from './body-rules.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('the quality of brotli', () => {
  it.each<[string, boolean, number[], number[]]>([
    ['the best for small files, nearly that up to 1 MiB in all, then fast', false, [KIB, 64 * KIB, MIB], [11, 10, 5]],
    ['small files first, whatever their order', false, [MIB, 10 * KIB], [5, 11]],
    ['up to 4 MiB in a rebuild, then fair', true, [KIB, 2 * MIB, 1.5 * MIB, 3 * MIB], [11, 10, 10, 9]],
    ['a script of some MiB that changed alone', true, [2.5 * MIB], [10]],
    ['not for one file that a thread would take long for', true, [3 * MIB + 1], [9]],
    ['as for a new build when much changed', true, [KIB, 2 * MIB, 15 * MIB], [11, 5, 5]],
    ['nothing to compress', true, [], []],
  ])('%s', (_, isRebuild, sizes, expected) => {
    const files = sizes.map((sizeBytes) => ({ sizeBytes }));
    const qualities = planQualities(files, { isRebuild });
    expect(files.map((file) => qualities.get(file))).toEqual(expected);
  });
});
