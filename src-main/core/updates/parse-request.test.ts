import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { androidCheck } from '#test/helpers/app-entry.ts';

import { readDeviceInfo } from './parse-request.ts';

describe('what a device says about itself', () => {
  it('is read from an Android check (clients.md §1.2)', () => {
    expect(readDeviceInfo(androidCheck)).toMatchObject({
      platform: 'android',
      deviceId: androidCheck.device_id,
      appId: 'com.example.app',
      customId: null,
      versionBuild: '1.0.0',
      versionName: '1.0.0',
      defaultChannel: null,
      installSource: null,
      isEmulator: false,
      isProd: true,
    });
  });

  it('is the same device in upper case (capgo-server-and-cli.md §12.9)', () => {
    expect(readDeviceInfo({ device_id: androidCheck.device_id.toUpperCase() }).deviceId).toBe(androidCheck.device_id);
  });

  it.each([
    ['a number for a string', { version_code: 140 }, { versionCode: '140' }],
    [
      'words for flags, as in the query of a list',
      { is_prod: 'false', is_emulator: 'TRUE' },
      { isProd: false, isEmulator: true },
    ],
    ['null for a string (Electron)', { custom_id: null }, { customId: null }],
    ['an object for a string', { version_name: { a: 1 } }, { versionName: null }],
    ['control characters', { version_name: '1.0\u0000.0\u202e\n' }, { versionName: '1.0.0' }],
    ['an unknown platform', { platform: 'Web' }, { platform: 'unknown', platformSent: 'web' }],
    ['a platform in capitals', { platform: 'iOS' }, { platform: 'ios', platformSent: null }],
  ])('may have %s', (_, sent, expected) => {
    expect(readDeviceInfo(sent)).toMatchObject(expected);
  });

  it('is cut where it is endless, except for the id, which would become another device', () => {
    const info = readDeviceInfo({ version_name: 'v'.repeat(100_000), device_id: 'd'.repeat(100_000) });
    expect(info.versionName).toHaveLength(255);
    expect(info.deviceId).toBeNull();
  });

  it('is not read from prototypes', () => {
    const sent = JSON.parse('{"__proto__":{"device_id":"evil"},"constructor":{"x":1}}') as unknown;
    expect(readDeviceInfo(sent).deviceId).toBeNull();
    expect(readDeviceInfo(Object.create({ device_id: 'inherited' })).deviceId).toBeNull();
  });

  it('is read from anything without a throw, and is well-formed text', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary' }), (anything, text) => {
        readDeviceInfo(anything);
        const { versionName } = readDeviceInfo({ version_name: text });
        expect(versionName === null || versionName.isWellFormed()).toBe(true);
      }),
    );
  });
});
