import { describe, expect, it } from 'vitest';

import { diffLines } from './diff-lines.ts';

describe('diffLines', () => {
  it('leaves out file names and keeps lines that look like them', () => {
    const diff = [
      '===================================================================',
      '--- capacitor.config.json',
      '+++ capacitor.config.json',
      '@@ -1,3 +1,3 @@',
      ' {',
      '---comment',
      '+  "a": 1',
      ' }',
      String.raw`\ No newline at end of file`,
      '',
    ].join('\n');
    expect(diffLines(diff)).toEqual([
      { kind: 'place', text: '@@ -1,3 +1,3 @@' },
      { kind: 'same', text: ' {' },
      { kind: 'removed', text: '---comment' },
      { kind: 'added', text: '+  "a": 1' },
      { kind: 'same', text: ' }' },
    ]);
  });

  it('has nothing for no change', () => expect(diffLines('')).toEqual([]));
});
