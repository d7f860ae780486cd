import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { differencesOf } from './differences.ts';

const ok = (body: unknown) => ({ status: 200, body });

describe('two answers', () => {
  it('are compared field by field', () => {
    const before = ok({ version: '1.0.1', url: 'a', manifest: [{ n: 1 }, { n: 2 }], gone: true });
    const after = { status: 400, body: { version: '1.0.2', url: 'a', manifest: [{ n: 1 }, { n: 3 }, {}], kind: 'x' } };
    expect(differencesOf(before, after)).toEqual([
      { path: 'status', kind: 'changed', before: '200', after: '400' },
      { path: 'version', kind: 'changed', before: '"1.0.1"', after: '"1.0.2"' },
      { path: 'manifest[1].n', kind: 'changed', before: '2', after: '3' },
      { path: 'manifest[2]', kind: 'added', before: '', after: '{}' },
      { path: 'gone', kind: 'removed', before: 'true', after: '' },
      { path: 'kind', kind: 'added', before: '', after: '"x"' },
    ]);
  });

  it.each([
    ['a list and an object', [], {}],
    ['null and an object', null, { a: 1 }],
    ['text and a number', '1', 1],
  ])('differ as a whole when they are %s', (_, before, after) => {
    expect(differencesOf(ok(before), ok(after))).toMatchObject([{ path: '', kind: 'changed' }]);
  });

  it('that are equal differ nowhere, and others somewhere, though not everywhere at once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(differencesOf(ok(one), ok(structuredClone(one)))).toEqual([]);
        const found = differencesOf(ok(one), ok(other));
        expect(found.length).toBeLessThanOrEqual(50);
        expect(found.length > 0).toBe(JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other)));
      }),
    );
  });
});

/** The same value with its keys in order; -0 is 0 on the wire, as in JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}
