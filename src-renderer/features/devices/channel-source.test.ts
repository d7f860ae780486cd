import { describe, expect, it } from 'vitest';

import { aChannel, aDevice } from '#renderer/testing/fixtures.ts';

import { channelSource, rolloutOf } from './channel-source.ts';

describe('where the channel of a device comes from (clients.md §8.5)', () => {
  it.each([
    ['a person tied it', { override: { kind: 'channel', channelId: 2, channel: 'beta' } }, 'tied'],
    ['a person chose a release: no channel decides', { override: { kind: 'builtin' } }, 'none'],
    ['an old plugin chose it', { channel: 'beta', keptChannel: 'beta' }, 'kept'],
    ['it asks for it', { channel: 'beta', requestedChannel: 'beta' }, 'asked'],
    ['it asks for none', { channel: 'production' }, 'public'],
    ['it asks for one that is not there', { channel: 'production', requestedChannel: 'gone' }, 'unknown'],
    ['nothing decided yet', { channel: null }, 'none'],
  ] as const)('%s', (_, parts, source) => {
    expect(channelSource(aDevice(parts))).toBe(source);
  });

  it('names the rollout of a device that runs it or is on its way to it', () => {
    const rollout = {
      rolloutId: 'x',
      releaseId: 'r2',
      version: '1.0.7',
      percentageBps: 1_000,
      enabled: true,
      pausedAt: null,
      pauseReason: null,
      cacheTtlSeconds: 60,
      selectedDevices: 1,
      decidedDevices: 1,
    };
    const channels = [aChannel({ rollout })];
    expect(rolloutOf(aDevice({ bundleVersion: '1.0.7' }), channels)).toBe('1.0.7');
    expect(rolloutOf(aDevice({ state: { kind: 'offered', version: '1.0.7' } }), channels)).toBe('1.0.7');
    expect(rolloutOf(aDevice(), channels)).toBeNull();
    expect(rolloutOf(aDevice({ bundleVersion: '1.0.7' }), [aChannel()])).toBeNull();
  });
});
