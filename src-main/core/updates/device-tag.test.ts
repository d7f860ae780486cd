import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createDeviceTag, readDeviceTag } from './device-tag.ts';

describe('the device tag of a download URL', () => {
  it('names its device, to the one who knows the pairing token', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 128 }), fc.string(), (deviceId, token) => {
        const tag = createDeviceTag(token, deviceId);
        expect(tag).toMatch(/^[\w.-]+$/);
        expect(readDeviceTag(token, tag)).toBe(deviceId.toWellFormed());
        expect(readDeviceTag(`${token}x`, tag)).toBeNull();
      }),
    );
  });

  it('cannot be changed to another device, nor made up', () => {
    const tag = createDeviceTag('token', 'device-a');
    const other = Buffer.from('device-b').toString('base64url');
    expect(readDeviceTag('token', `${other}.${tag.split('.')[1] ?? ''}`)).toBeNull();
    for (const made of ['', '.', 'a.b', `${other}.${'A'.repeat(16)}`, 'x'.repeat(10_000)]) {
      expect(readDeviceTag('token', made)).toBeNull();
    }
  });
});
