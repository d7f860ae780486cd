import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';

import type { Bump } from '#contract/models/release.ts';

import { highestNativeVersion, isValidVersion, suggestVersion, versionWarnings } from './versions.ts';

describe('a valid version (capgo-server-and-cli.md §1.2)', () => {
  it.each(['1.2.3', '0.0.0', '1.2.3-beta.1+b5', '1.0.0-rc.1', '10.20.30+build.7', '1.0.0--x'])(
    'takes %s',
    (version) => {
      expect(isValidVersion(version)).toBe(true);
    },
  );
  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '1.2.3\n',
    '1.2.3.4',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.x',
    'builtin',
    'latest',
    `1.0.0-${'a'.repeat(260)}`,
  ])('refuses %j', (version) => {
    expect(isValidVersion(version)).toBe(false);
  });
});

describe('the suggested version', () => {
  const facts = (used: string[], latest: string | null, nativeVersion: string | null = null) => ({
    used: new Set(used),
    latest,
    nativeVersion,
  });

  const top = Number.MAX_SAFE_INTEGER;
  const largest = `${top}.${top}.${top}`;

  it.each<[string, Bump, Parameters<typeof suggestVersion>[0], string]>([
    ['1.0.0 for a first release', 'patch', facts([], null), '1.0.0'],
    ["the project's own version first", 'patch', { ...facts([], null), packageVersion: '2.3.4' }, '2.3.4'],
    ['1.0.0 when the project has no valid one', 'patch', { ...facts([], null), packageVersion: '2.3' }, '1.0.0'],
    [
      '1.0.0 when the project has what its template gave it',
      'patch',
      { ...facts([], null), packageVersion: '0.0.0' },
      '1.0.0',
    ],
    ['nothing below the native version', 'patch', { ...facts([], null, '3.0.0'), packageVersion: '2.3.4' }, '3.0.1'],
    ['the next patch', 'patch', facts(['1.0.6'], '1.0.6'), '1.0.7'],
    ['the next minor', 'minor', facts(['1.0.6'], '1.0.6'), '1.1.0'],
    ['the next major', 'major', facts(['1.0.6'], '1.0.6'), '2.0.0'],
    ['the release that a prerelease announced', 'patch', facts(['1.1.0-beta.1'], '1.1.0-beta.1'), '1.1.0'],
    ['no version that was deleted', 'patch', facts(['1.0.0', '1.0.1', '1.0.2'], '1.0.0'), '1.0.3'],
    ['one above a native version that overtook the releases', 'patch', facts(['1.0.6'], '1.0.6', '2.1'), '2.1.1'],
    ['the same for odd native versions', 'patch', facts(['1.0.0'], '1.0.0', '1.2.3.4'), '1.2.4'],
    ['nothing special for a native version nobody can read', 'patch', facts(['1.0.0'], '1.0.0', 'dev'), '1.0.1'],
    [
      'above a native version whose last number is the largest there is',
      'patch',
      facts([], null, `1.0.${top}`),
      '1.1.0',
    ],
    ['the same for its middle number', 'minor', facts([], null, `1.${top}.${top}`), '2.0.0'],
    ['its own way when nothing lies above what a phone reports', 'patch', facts(['1.0.0'], '1.0.0', largest), '1.0.1'],
    ['free when nothing lies above the latest', 'patch', facts([largest, '1.0.0'], largest), '1.0.1'],
  ])('is %s', (_, bump, given, expected) => {
    expect(suggestVersion(given, bump)).toBe(expected);
  });

  const version = fc
    .tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.constantFrom('', '-beta.1', '-rc.2'))
    .map(([major, minor, patch, tail]) => `${major}.${minor}.${patch}${tail}`);

  it('is always valid, free, above the latest and above the native version', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(version, { maxLength: 12 }),
        fc.option(version),
        fc.option(version),
        fc.constantFrom<Bump>('patch', 'minor', 'major'),
        (used, nativeVersion, packageVersion, bump) => {
          const latest = used.toSorted(semver.compareBuild).at(-1) ?? null;
          const next = suggestVersion({ used: new Set(used), latest, nativeVersion, packageVersion }, bump);
          expect(isValidVersion(next)).toBe(true);
          expect(used).not.toContain(next);
          expect(semver.gt(next, latest ?? '0.0.0-0')).toBe(true);
          expect(semver.gt(next, nativeVersion ?? '0.0.0-0')).toBe(true);
        },
      ),
    );
  });

  it('is valid and free whatever phones report and packages say', () => {
    const number = fc.oneof(fc.nat(3), fc.constantFrom(top - 1, top, top + 1, 1e21));
    const numbers = fc.array(number, { maxLength: 4 }).map((parts) => parts.join('.'));
    const anything = fc.oneof(
      fc.string(),
      numbers,
      numbers.map((text) => `${text}-rc.${top}`),
      version,
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(version, numbers).filter(isValidVersion), { maxLength: 6 }),
        fc.option(anything),
        fc.option(anything),
        fc.constantFrom<Bump>('patch', 'minor', 'major'),
        (used, nativeVersion, packageVersion, bump) => {
          const latest = used.toSorted(semver.compareBuild).at(-1) ?? null;
          const next = suggestVersion({ used: new Set(used), latest, nativeVersion, packageVersion }, bump);
          expect(isValidVersion(next)).toBe(true);
          expect(used).not.toContain(next);
          expect(() => versionWarnings(next, { latest, nativeVersion })).not.toThrow();
        },
      ),
    );
  });
});

describe('warnings about a version', () => {
  it.each([
    ['1.0.7', null, null, []],
    ['1.0.7', '1.0.6', '1.0.0', []],
    ['1.0.0', null, '1.0.0', ['SAME_AS_NATIVE']],
    ['1.0.0', null, '1.0', ['SAME_AS_NATIVE']],
    ['0.9.0', null, '1.0.0', ['BELOW_NATIVE']],
    ['1.2.0-beta.1', null, '1.2.0', ['PRERELEASE_BELOW_NATIVE']],
    ['1.1.0-beta.1', null, '1.2.0', ['BELOW_NATIVE']],
    ['1.0.5', '1.0.6', null, ['BELOW_LATEST']],
    ['1.0.0', '1.0.6', '1.0.2', ['BELOW_NATIVE', 'BELOW_LATEST']],
    ['nonsense', '1.0.6', '1.0.2', []],
  ] as const)('for %s with latest %s and native %s are %j', (version, latest, nativeVersion, codes) => {
    expect(versionWarnings(version, { latest, nativeVersion }).map(({ code }) => code)).toEqual(codes);
  });
});

it('finds the highest native version as devices reported it', () => {
  expect(highestNativeVersion(['1.9', '1.10', '1.2.3'])).toBe('1.10');
  expect(highestNativeVersion(['dev', ''])).toBeNull();
});
