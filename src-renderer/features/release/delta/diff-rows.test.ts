import { describe, expect, it } from 'vitest';

import type { ReleaseDiff } from '#contract/models/delta.ts';

import { diffRows } from './diff-rows.ts';

const file = (path: string, sizeBytes: number) => ({ path, sizeBytes, bodyBytes: sizeBytes / 2 });
const diff: ReleaseDiff = {
  from: { releaseId: 'a', version: '1.0.0' },
  to: { releaseId: 'b', version: '1.0.1' },
  added: [{ ...file('assets/new.js', 40), deltaBytes: 20 }],
  changed: [{ ...file('index.html', 100), deltaBytes: 50, before: { sizeBytes: 90, bodyBytes: 45 } }],
  removed: [file('assets/old.js', 1000)],
  unchanged: 3,
  deltaFiles: 2,
  deltaBytes: 70,
  zipBytes: 500,
};

describe('the files that differ', () => {
  it('have what is fetched first, the heaviest first, and what goes last', () => {
    expect(diffRows(diff).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'changed index.html',
      'added assets/new.js',
      'removed assets/old.js',
    ]);
    expect(diffRows(diff)[0]).toEqual({
      kind: 'changed',
      path: 'index.html',
      sizeBytes: 100,
      sizeBeforeBytes: 90,
      bodyBytes: 50,
      fetchedBytes: 50,
    });
  });

  it('are found by a part of their path in any case', () => {
    expect(diffRows(diff, ' ASSETS/n').map(({ path }) => path)).toEqual(['assets/new.js']);
    expect(diffRows(diff, 'nothing')).toEqual([]);
  });
});
