import { describe, expect, it } from 'vitest';

import { aDevice, aRelease } from '#renderer/testing/fixtures.ts';

import { keyFit, releaseFor } from './device-key.ts';

const sealed = { keyId: 'A' };
const plain = { keyId: null };

describe('keyFit', () => {
  it.each([
    ['match', { keyId: 'A', pluginVersion: '8.51.0' }, sealed],
    ['other', { keyId: 'B', pluginVersion: '8.51.0' }, sealed],
    ['missing', { keyId: null, pluginVersion: '8.40.8' }, sealed],
    ['untold', { keyId: null, pluginVersion: '8.40.7' }, sealed],
    ['untold', { keyId: null, pluginVersion: null }, sealed],
    ['unexpected', { keyId: 'A', pluginVersion: '8.51.0' }, plain],
    ['none', { keyId: null, pluginVersion: '8.51.0' }, plain],
    ['none', { keyId: null, pluginVersion: '8.51.0' }, undefined],
    ['idle', { keyId: 'A', pluginVersion: '8.51.0' }, undefined],
  ] as const)('says %s of %j and %j', (fit, device, release) => {
    expect(keyFit(device, release)).toBe(fit);
  });
});

describe('releaseFor', () => {
  it('is what the channel of the device offers, else the default one', () => {
    const releases = [aRelease({ releaseId: 'a', liveOn: ['beta'] }), aRelease({ releaseId: 'b' })];
    expect(releaseFor(aDevice({ channel: 'beta' }), releases, 'production')?.releaseId).toBe('a');
    expect(releaseFor(aDevice({ channel: null }), releases, 'production')?.releaseId).toBe('b');
    expect(releaseFor(aDevice({ channel: 'gone' }), releases, 'production')).toBeUndefined();
  });
});
