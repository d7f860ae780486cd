import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';

import { diffFile, DIFF_LIMIT_BYTES } from './diff-file.ts';

const bytes = (text: string) => Buffer.from(text);

describe('comparing one file', () => {
  it('shows the lines that changed', () => {
    const found = diffFile('app.js', bytes('one\ntwo\nthree\n'), bytes('one\n2\nthree\n'));
    expect(found).toMatchObject({ kind: 'text', isCut: false });
    expect(found.kind === 'text' && found.patch).toContain(
      '--- a/app.js\n+++ b/app.js\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n',
    );
  });

  it('shows all lines of a file that only one of them has', () => {
    const found = diffFile('new.txt', null, bytes('a\nb\n'));
    expect(found.kind === 'text' && found.patch).toContain('--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    const gone = diffFile('old.txt', bytes('a\n'), null);
    expect(gone.kind === 'text' && gone.patch).toContain('+++ /dev/null');
  });

  it.each([
    ['absent', null, null],
    ['same', bytes('x'), bytes('x')],
    ['binary', bytes('x'), Buffer.from([0, 1, 2])],
    ['binary', Buffer.from([0xff, 0xfe, 0x41]), bytes('x')],
    ['too_large', bytes('x'), Buffer.alloc(DIFF_LIMIT_BYTES + 1, 'a')],
  ] as const)('says %s', (kind, before, after) => {
    expect(diffFile('f', before, after).kind).toBe(kind);
  });

  it('does not take long over files without anything in common, and says what makes one of the other', () => {
    const noise = (letter: string, end: string) =>
      Array.from({ length: 14_000 }, (_, line) => `${letter}${(line * 7919) % 14_009}`).join('\n') + end;
    const [left, right] = [noise('a', ''), noise('b', '\n')];
    const found = diffFile('big.js', bytes(left), bytes(right));
    expect(found).toMatchObject({ kind: 'text', isCut: false });
    expect(found.kind === 'text' && found.patch).toMatch(/^@@ -1,14000 \+1,14000 @@$/m);
    expect(found.kind === 'text' && found.patch).toMatch(/^-a\d+\n\\ No newline at end of file\n\+b0$/m);
    expect(found.kind === 'text' && applyPatch(left, found.patch)).toBe(right);
  });
});
