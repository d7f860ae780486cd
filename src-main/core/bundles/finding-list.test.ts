import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createFindingList } from './finding-list.ts';
import { compareNames } from './name-rules.ts';

const codes = ['NAME_RESERVED', 'FILE_UNREADABLE'] as const;

function listOf(found: readonly (readonly [(typeof codes)[number], string])[]) {
  const list = createFindingList();
  for (const [code, path] of found) list.add(code, path);
  return list.all();
}

describe('a list of findings', () => {
  it('is the same in whatever order they are found, since several files are read at a time', () => {
    const path = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.toWellFormed()),
      fc.string({ unit: fc.constantFrom('a', '/', '\uffff', '\ue000', '😀', '\u0001'), maxLength: 3 }),
    );
    const findings = fc.uniqueArray(fc.tuple(fc.constantFrom(...codes), path), {
      // More than are named.
      minLength: 25,
      maxLength: 80,
      selector: String,
    });
    fc.assert(
      fc.property(
        findings.chain((found) =>
          fc.tuple(fc.constant(found), fc.shuffledSubarray(found, { minLength: found.length })),
        ),
        ([found, shuffled]) => {
          expect(listOf(shuffled)).toEqual(listOf(found));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('names the first twenty of a code by the order of the names in a bundle, and counts them all', () => {
    const paths = [...Array.from({ length: 20 }, (_, index) => `😀${index}`), '\uff21', 'a'];
    const named = listOf(paths.map((path) => ['NAME_RESERVED', path] as const));
    expect(named.map(({ path }) => path)).toEqual(paths.toSorted(compareNames).slice(0, 20));
    expect(named[0]).toMatchObject({ path: 'a', params: { count: 22 } });
  });
});
