import { describe, expect, it } from 'vitest';

import { aDevice } from '#renderer/testing/fixtures.ts';

import { adoptionOf } from './adoption.ts';

describe('adoptionOf', () => {
  it('names what a version came to on each device it has to do with, failures first', () => {
    const devices = [
      aDevice({ deviceId: 'runs', bundleVersion: '2.0.0', state: { kind: 'ready', version: '2.0.0' } }),
      aDevice({ deviceId: 'elsewhere', bundleVersion: '1.0.0', state: { kind: 'ready', version: '1.0.0' } }),
      aDevice({ deviceId: 'failed', state: { kind: 'failed', version: '2.0.0', action: 'unzip_fail' } }),
      aDevice({
        deviceId: 'half',
        state: { kind: 'downloading', version: '2.0.0', percent: 41.7, bytesSent: 1, totalBytes: 2 },
      }),
    ];
    expect(adoptionOf('2.0.0', devices).map(({ device, state, percent }) => [device.deviceId, state, percent])).toEqual(
      [
        ['failed', 'failed', null],
        ['half', 'downloadingPercent', 41],
        ['runs', 'running', null],
      ],
    );
  });

  it('counts a device that runs the version and is on its way to another', () => {
    const device = aDevice({ bundleVersion: '2.0.0', state: { kind: 'offered', version: '3.0.0' } });
    expect(adoptionOf('2.0.0', [device])[0]?.state).toBe('running');
    expect(adoptionOf('3.0.0', [device])[0]?.state).toBe('offered');
  });

  it('does not take the store version of an equal number for the release', () => {
    const device = aDevice({ bundleVersion: '2.0.0', isOnBuiltin: true, state: { kind: 'seen' } });
    expect(adoptionOf('2.0.0', [device])).toEqual([]);
  });
});
