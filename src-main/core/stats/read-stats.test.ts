import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';

import type { RequestBody } from '../device-gateway.ts';
import { readStats, type StatEvent } from './read-stats.ts';

const now = Date.UTC(2026, 10, 24);
const json = (value: unknown): RequestBody => ({ kind: 'json', value });

function read(value: unknown): readonly StatEvent[] {
  const reading = readStats(json(value), now);
  if (reading.kind === 'unreadable') throw new Error(reading.error);
  return reading.events;
}

const event = (fields: Readonly<Record<string, unknown>>) => ({ ...androidCheck, ...fields });

describe('stats', () => {
  it('are read from a list and from a single object (clients.md §13.23)', () => {
    const batch = read([event({ action: 'set_next', timestamp: 1000 }), event({ action: 'set', timestamp: 2000 })]);
    expect(batch.map(({ action }) => action)).toEqual(['set_next', 'set']);
    expect(read(event({ action: 'download_zip_start' }))).toMatchObject([{ action: 'download_zip_start', key: null }]);
  });

  it('are 200 and more, unknown actions and fields included', () => {
    const sent = Array.from({ length: 500 }, (_, index) => event({ action: `new_action_${index}`, novel: index }));
    const events = read(sent);
    expect(events).toHaveLength(500);
    expect(events[499]).toMatchObject({ action: 'new_action_499', sent: { novel: 499 } });
  });

  it('may lack a version and an action (clients.md §2.4)', () => {
    const { version_name: _, ...bare } = androidCheck;
    expect(read({ ...bare, action: 'download_fail' })).toMatchObject([{ versionName: null }]);
    expect(read({})).toMatchObject([{ action: 'unknown', info: { deviceId: null } }]);
  });

  it('are dated by our clock: the last of a batch was noted just before it was sent', () => {
    const hourMs = 3_600_000;
    const [old, fresh] = read([
      event({ action: 'set', timestamp: 5_000_000 - hourMs }),
      event({ action: 'app_launch_start', timestamp: 5_000_000 }),
    ]);
    expect(old?.atMs).toBe(now - hourMs);
    expect(fresh?.atMs).toBe(now);
  });

  it('have equal keys in both copies of a batch, and different ones within it (clients.md §7.2)', () => {
    const batch = [
      event({ action: 'download_70', timestamp: 1 }),
      event({ action: 'download_70', timestamp: 1 }),
      event({ action: 'download_70', timestamp: 2 }),
      event({ action: 'download_70', timestamp: 1, device_id: 'other' }),
    ];
    const keys = read(batch).map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
    expect(
      read([...batch, event({ action: 'set', timestamp: 3 })])
        .slice(0, 4)
        .map(({ key }) => key),
    ).toEqual(keys);
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['text', 'set'],
    ['a list of numbers', [1, 2]],
  ])('that are %s are refused', (_, value) => {
    expect(readStats(json(value), now)).toMatchObject({ kind: 'unreadable', error: 'invalid_json_body' });
  });

  it('in an empty list are none', () => {
    expect(read([])).toEqual([]);
  });

  it('that are no JSON are refused: the device drops them (clients.md §7.3)', () => {
    expect(readStats({ kind: 'unreadable', reason: 'invalid_json', text: '{' }, now)).toMatchObject({
      error: 'invalid_json_parse_body',
    });
  });

  it('are read from anything without a throw, with times that are times', () => {
    const anything = fc.array(
      fc.record({ action: fc.jsonValue(), timestamp: fc.anything(), version_name: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.oneof(anything, fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (sent) => {
        const reading = readStats(json(sent), now);
        for (const { atMs } of reading.kind === 'unreadable' ? [] : reading.events) {
          expect(new Date(atMs).toISOString()).toMatch(/^\d{4}-/);
          expect(atMs).toBeLessThanOrEqual(now);
        }
      }),
    );
  });
});
