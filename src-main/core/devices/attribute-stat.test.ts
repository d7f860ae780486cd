import { describe, expect, it } from 'vitest';

import type { DeviceState } from '#contract/models/device.ts';
import { androidCheck } from '#test/helpers/app-entry.ts';

import { readStats, type StatEvent } from '../stats/read-stats.ts';
import { attributedVersion } from './attribute-stat.ts';

function stat(action: string, version?: string, device: string = androidCheck.device_id): StatEvent {
  const value = { ...androidCheck, device_id: device, action, version_name: version };
  const reading = readStats({ kind: 'json', value }, 0);
  if (reading.kind === 'unreadable') throw new Error(reading.error);
  const [event] = reading.events;
  if (!event) throw new Error('nothing was read');
  return event;
}

const offered: DeviceState = { kind: 'offered', version: '1.0.7' };

describe('a report without a version (clients.md §2.4)', () => {
  it.each<[string, StatEvent, readonly StatEvent[], DeviceState | undefined, string | null]>([
    ['is about what was offered', stat('download_fail'), [], offered, '1.0.7'],
    [
      'is about what broke off',
      stat('low_mem_fail'),
      [],
      { kind: 'interrupted', version: '1.0.7', percent: 4, bytesSent: 4, totalBytes: 100 },
      '1.0.7',
    ],
    [
      'is about what the batch tells of before it',
      stat('download_fail'),
      [stat('download_10', '1.0.8'), stat('low_mem_fail')],
      offered,
      '1.0.8',
    ],
    [
      'is about the bundle of a file',
      stat('download_fail'),
      [stat('download_manifest_file_fail', '1.0.8:a.js')],
      offered,
      '1.0.8',
    ],
    [
      'is not about what another device tells',
      stat('download_fail'),
      [stat('download_10', '1.0.8', 'b')],
      offered,
      '1.0.7',
    ],
    ['is about nothing when nothing was under way', stat('download_fail'), [], { kind: 'seen' }, null],
    ['of a device that was never seen is about nothing', stat('download_fail'), [], undefined, null],
    ['is left as it is when it names one', stat('download_fail', '1.0.0'), [], offered, null],
  ])('%s', (_, event, before, state, expected) => {
    expect(attributedVersion(event, before, state)).toBe(expected);
  });
});
