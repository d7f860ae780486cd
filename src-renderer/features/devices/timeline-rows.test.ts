import { describe, expect, it } from 'vitest';

import { anActivity } from '#renderer/testing/activity-fixtures.ts';

import { deviceHref, deviceIdOf } from './device-route.ts';
import { groupByDay, mergeTimeline } from './timeline-rows.ts';

describe('mergeTimeline', () => {
  it('has each row once, newest first, and prefers what arrived live', () => {
    const fetched = [anActivity({ id: 3, outcome: 'running' }), anActivity({ id: 1 })];
    const live = new Map([
      [3, anActivity({ id: 3, outcome: 'ok' })],
      [4, anActivity({ id: 4 })],
    ]);
    expect(mergeTimeline(fetched, live).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['4 ok', '3 ok', '1 ok']);
  });

  it('gives a report that lay on the device its place in time (clients.md §7.2)', () => {
    const day = (date: number) => `2026-11-${date}T10:00:00.000Z`;
    const fetched = [
      anActivity({ id: 9, at: day(24), happenedAt: day(21) }),
      anActivity({ id: 8, at: day(23) }),
      anActivity({ id: 7, at: day(20) }),
    ];
    expect(mergeTimeline(fetched, new Map()).map(({ id }) => id)).toEqual([8, 9, 7]);
  });
});

describe('groupByDay', () => {
  it('groups by the calendar of the person, not by 24 hours', () => {
    const local = (day: number, hour: number) => new Date(2026, 10, day, hour, 59).toISOString();
    const rows = [
      anActivity({ id: 4, at: local(24, 1) }),
      anActivity({ id: 3, at: local(24, 0) }),
      anActivity({ id: 2, at: local(23, 23) }),
      anActivity({ id: 1, at: local(20, 12) }),
    ];
    const days = groupByDay(rows, new Date(2026, 10, 24, 2).getTime());
    expect(days.map(({ distance, rows: ofDay }) => [distance, ofDay.length])).toEqual([
      [0, 2],
      [1, 1],
      [4, 1],
    ]);
  });
});

describe('the address of a device', () => {
  it.each(['0a1b-2c', 'a/b?c#d', 'per cent 100%', 'ünï'])('brings %s back', (deviceId) => {
    expect(deviceIdOf(decodeURI(deviceHref(deviceId)).replace('/devices/', ''))).toBe(deviceId);
  });
});
