import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readByteRange } from './byte-range.ts';

const whole = { kind: 'whole' };
const part = (start: number, end: number) => ({ kind: 'part', start, end });
const unsatisfiable = { kind: 'unsatisfiable' };

describe('a Range header on a file of 1,000 bytes', () => {
  it.each([
    [undefined, whole],
    ['bytes=0-', part(0, 999)],
    ['bytes=500-', part(500, 999)],
    ['bytes=999-', part(999, 999)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=100-199', part(100, 199)],
    ['bytes=100-9999', part(100, 999)],
    ['bytes=-1', part(999, 999)],
    ['bytes=-100', part(900, 999)],
    ['bytes=-5000', part(0, 999)],
    ['BYTES=10-20', part(10, 20)],
    ['bytes= 10-20 ', part(10, 20)],
    ['bytes=00010-0020', part(10, 20)],
    ['bytes=10-20,', part(10, 20)],
    ['bytes=0-99999999999999999999999', part(0, 999)],
    // Clients.md §13.17.
    ['bytes=1000-', unsatisfiable],
    ['bytes=1000-2000', unsatisfiable],
    ['bytes=99999999999999999999999-', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=0-1,5-6', unsatisfiable],
    ['bytes=20-10', whole],
    ['bytes=-', whole],
    ['bytes=', whole],
    ['bytes=a-b', whole],
    ['bytes=1.5-2', whole],
    ['bytes=--5', whole],
    ['bytes=0x10-', whole],
    ['items=0-5', whole],
    ['nonsense', whole],
  ])('%s', (header, expected) => {
    expect(readByteRange(header, 1000)).toEqual(expected);
  });
});

it('has no part of an empty file', () => {
  expect(readByteRange('bytes=0-', 0)).toEqual(unsatisfiable);
  expect(readByteRange('bytes=-1', 0)).toEqual(unsatisfiable);
});

it('never leaves the file', () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(), fc.nat()).map(([start, end]) => `bytes=${start}-${end}`),
    fc.stringMatching(/^bytes=[\d, -]{0,20}$/),
  );
  fc.assert(
    fc.property(header, fc.nat(5000), (text, size) => {
      const range = readByteRange(text, size);
      if (range.kind !== 'part') return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThanOrEqual(range.start);
      expect(range.end).toBeLessThan(size);
    }),
  );
});
