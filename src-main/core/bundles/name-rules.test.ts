import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  compareNames,
  findClashes,
  foldName,
  MAXIMUM_PATH_BYTES,
  nameProblems,
  plainName,
  refusedName,
} from './name-rules.ts';

describe('names that every client refuses (protocol/clients.md §5)', () => {
  it.each([
    ['a\\b', 'NAME_BACKSLASH'],
    ['a\0b', 'NAME_CONTROL_CHARACTER'],
    ['a\u007fb', 'NAME_CONTROL_CHARACTER'],
    ['\ud800', 'NAME_NOT_UTF8'],
    ['/a', 'NAME_ABSOLUTE'],
    ['//server/share', 'NAME_ABSOLUTE'],
    ['c:a', 'NAME_ABSOLUTE'],
    ['..', 'NAME_ESCAPES_ROOT'],
    ['../a', 'NAME_ESCAPES_ROOT'],
    ['a/../../b', 'NAME_ESCAPES_ROOT'],
  ])('%j is %s', (name, code) => {
    expect(refusedName(name)?.code).toBe(code);
  });

  it.each(['a', 'a/b', 'a/../b', './a', '...', '..a', 'a..', 'a/..b/c', 'ünï/😀', 'ab:c', 'a b'])(
    '%j is not',
    (name) => {
      expect(refusedName(name)).toBeNull();
    },
  );

  it('leaves nothing in a plain name that could lead elsewhere', () => {
    const segments = fc.constantFrom('.', '..', '', 'a', 'b', '...', ' ');
    fc.assert(
      fc.property(fc.array(segments, { maxLength: 8 }), (parts) => {
        const plain = plainName(parts.join('/')) ?? 'refused';
        expect(plain.split('/').filter((part) => part === '.' || part === '..')).toEqual([]);
        expect(plain).not.toMatch(/^\/|\/\/|\/$/);
        expect(plainName(plain)).toBe(plain);
      }),
    );
  });
});

describe('names that break somewhere', () => {
  it.each([
    ['CON', ['NAME_RESERVED']],
    ['a/aux.js', ['NAME_RESERVED']],
    ['lpt1.txt', ['NAME_RESERVED']],
    ['com10', []],
    ['console.js', []],
    ['a./b', ['NAME_RESERVED']],
    ['a /b', ['NAME_RESERVED']],
    ['a*b', ['NAME_RESERVED']],
    ['x.br', ['NAME_ENDS_IN_BR']],
    ['x.BR', []],
    ['e\u0301', ['NAME_NOT_NORMALIZED']],
    ['x'.repeat(255), []],
    ['x'.repeat(256), ['NAME_TOO_LONG']],
    ['é'.repeat(128), ['NAME_TOO_LONG']],
    ['abcdefghi/'.repeat(MAXIMUM_PATH_BYTES / 10).slice(0, -1), []],
    [`${'abcdefghi/'.repeat(MAXIMUM_PATH_BYTES / 10)}abc`, ['NAME_TOO_LONG']],
  ])('%s: %j', (path, codes) => {
    expect(nameProblems(path).map((problem) => problem.code)).toEqual(codes);
  });
});

describe('names that look like most', () => {
  // With another segment before it that does not, every rule looks at all of them.
  const odd = 'ü/';
  const parts = ['a', 'A', '1', '-', '_', '.', '/', ' ', '\u00fc', '$', 'con', 'LPT1', 'br'];
  const names = fc.string({ unit: fc.constantFrom(...parts), maxLength: 12 });

  it('are judged as the same names are beside one that does not', () => {
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(!name.startsWith('/') && !name.includes('..'));
        expect(nameProblems(name)).toEqual(nameProblems(odd + name));
        expect(refusedName(name)).toEqual(refusedName(odd + name));
        expect(plainName(name)).toBe(plainName(odd + name)?.slice(odd.length));
        expect(odd + foldName(name)).toBe(foldName(odd + name));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('names that cannot lie side by side', () => {
  it.each<[string[], string[]]>([
    [['a', 'b', 'a-b'], []],
    [['a/x', 'a/y'], []],
    [['A/x', 'a/y'], []],
    [['A', 'a'], ['NAME_CASE_CLASH a A']],
    [['a/X', 'A/x'], ['NAME_CASE_CLASH A/x a/X']],
    [['STRASSE', 'straße'], ['NAME_CASE_CLASH straße STRASSE']],
    [['a', 'a/b', 'a/c'], ['NAME_FILE_AND_FOLDER a a/b']],
    [['A', 'a/b'], ['NAME_CASE_CLASH A a/b']],
  ])('%j: %j', (paths, expected) => {
    expect(findClashes(paths).map(({ code, path, other }) => `${code} ${path} ${other}`)).toEqual(expected);
  });
});

describe('the order of names', () => {
  it('is that of their UTF-8 bytes', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '/', '\uffff', '\ue000', '😀', '\ud7ff') }),
    );
    fc.assert(
      fc.property(names, names, (left, right) => {
        expect(Math.sign(compareNames(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});
