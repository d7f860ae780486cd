import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countDevices } from './adoption.ts';

describe('devices over time', () => {
  it('are summed up from what changed, the bundle with most devices first', () => {
    const series = countDevices(
      [
        { version: '1.0.0', isOnBuiltin: true, step: 0, change: 3 },
        { version: '1.0.1', isOnBuiltin: false, step: 1, change: 2 },
        { version: '1.0.0', isOnBuiltin: true, step: 1, change: -2 },
        { version: '1.0.0', isOnBuiltin: true, step: 3, change: -1 },
        { version: '1.0.1', isOnBuiltin: false, step: 3, change: 1 },
      ],
      4,
    );
    expect(series).toEqual([
      { version: '1.0.1', isOnBuiltin: false, devices: [0, 2, 2, 3] },
      { version: '1.0.0', isOnBuiltin: true, devices: [3, 1, 1, 0] },
    ]);
  });

  it('keep the store’s bundle apart from a release of the same name', () => {
    const series = countDevices(
      [
        { version: '1.0.0', isOnBuiltin: true, step: 0, change: 1 },
        { version: '1.0.0', isOnBuiltin: false, step: 0, change: 2 },
      ],
      1,
    );
    expect(series.map(({ isOnBuiltin, devices }) => [isOnBuiltin, devices])).toEqual([
      [false, [2]],
      [true, [1]],
    ]);
  });

  it('are as many at the end as came and did not leave, whatever the order', () => {
    const change = fc.record({
      version: fc.constantFrom('1', '2', null),
      isOnBuiltin: fc.boolean(),
      step: fc.integer({ min: -2, max: 40 }),
      change: fc.constantFrom(1, -1),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const ends = countDevices(changes, 30).map(({ devices }) => devices.at(-1) ?? 0);
        const sums = Map.groupBy(changes, ({ version, isOnBuiltin }) => `${version} ${isOnBuiltin}`).values();
        const expected = sums.map((of) => of.reduce((sum, each) => sum + each.change, 0)).filter((sum) => sum > 0);
        const byNumber = (a: number, b: number): number => a - b;
        expect(ends.filter((end) => end > 0).toSorted(byNumber)).toEqual([...expected].toSorted(byNumber));
      }),
    );
  });
});
