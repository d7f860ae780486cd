import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aDevice } from '#renderer/testing/fixtures.ts';

import { filterDevices, nextOrder, sortColumns, sortDevices } from './device-order.ts';

const devices = [
  aDevice({ deviceId: 'c', alias: 'Pixel 10', bundleVersion: '1.0.10', lastSeenAt: '2026-11-24T03:00:02.000Z' }),
  aDevice({ deviceId: 'a', alias: 'Pixel 9', bundleVersion: '1.0.9', lastSeenAt: '2026-11-24T03:00:01.000Z' }),
  aDevice({
    deviceId: 'b',
    customId: 'QA phone',
    bundleVersion: null,
    state: { kind: 'rolled_back', version: '1.0.7' },
  }),
];
const ids = (list: readonly { deviceId: string }[]) => list.map(({ deviceId }) => deviceId).join('');

describe('sortDevices', () => {
  it('sorts numbers in names and versions as numbers', () => {
    expect(ids(sortDevices(devices, { column: 'bundle', isDescending: true }))).toBe('cab');
    expect(ids(sortDevices(devices, { column: 'device', isDescending: false }))).toBe('acb');
  });

  it('puts the device that needs a person first when sorted by state', () => {
    expect(ids(sortDevices(devices, { column: 'state', isDescending: true }))).toBe('bac');
  });

  it('gives one order whatever order the rows came in', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(devices, { minLength: 3 }),
        fc.constantFrom(...sortColumns),
        fc.boolean(),
        (shuffled, column, isDescending) => {
          const order = { column, isDescending };
          expect(ids(sortDevices(shuffled, order))).toBe(ids(sortDevices(devices, order)));
        },
      ),
    );
  });

  it('turns round on the second choice of a column and starts a new one its own way', () => {
    expect(nextOrder({ column: 'lastSeen', isDescending: true }, 'lastSeen').isDescending).toBe(false);
    expect(nextOrder({ column: 'lastSeen', isDescending: true }, 'device')).toEqual({
      column: 'device',
      isDescending: false,
    });
  });
});

describe('filterDevices', () => {
  const find = (text: string) => ids(filterDevices(devices, text, ({ state }) => state.kind));

  it('finds every word anywhere: name, version, the words of the state', () => {
    expect(find('pixel 1.0.9')).toBe('a');
    expect(find('QA')).toBe('b');
    expect(find('rolled')).toBe('b');
    expect(find('pixel rolled')).toBe('');
  });

  it('shows all for blanks', () => expect(find('  ')).toBe('cab'));
});
