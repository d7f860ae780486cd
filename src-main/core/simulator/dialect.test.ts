import { describe, expect, it } from 'vitest';

import { dialectOf } from './dialect.ts';

const android = (pluginVersion: string) => dialectOf({ platform: 'android', pluginVersion });
const ios = (pluginVersion: string) => dialectOf({ platform: 'ios', pluginVersion });

describe('what a plugin version does (protocol/clients.md §11)', () => {
  it.each([
    ['namesBuiltin', '8.43.9', '8.44.0'],
    ['sendsKeyId', '8.40.7', '8.40.8'],
    ['isBatched', '8.41.9', '8.42.0'],
    ['hasSetNext', '8.43.9', '8.44.0'],
    ['hasLaunchStats', '8.50.9', '8.51.0'],
    ['knowsKind', '8.45.10', '8.45.11'],
    ['sendsInstallSource', '8.49.9', '8.50.0'],
    ['keepsStats', '8.51.5', '8.51.6'],
    ['resumesFiles', '8.51.12', '8.51.13'],
    ['refusesDuplicates', '8.51.9', '8.51.10'],
    ['learnsChannel', '8.47.8', '8.47.9'],
    ['understandsUnset', '8.42.5', '8.42.6'],
    ['hasUserAgent', '7.8.9', '7.9.0'],
    ['hasUserAgent', '6.14.27', '6.14.28'],
    ['understandsBuiltin', '7.0.1', '7.0.2'],
    ['understandsBuiltin', '6.1.9', '6.2.0'],
    ['hasStartStats', '7.25.9', '7.26.0'],
    ['hasStartStats', '6.25.1', '6.25.2'],
    ['keepsChannel', '7.33.9', '7.34.0'],
    ['isStrict', '8.51.22', '8.51.23'],
  ] as const)('%s: not in %s, in %s', (name, before, since) => {
    expect([android(before)[name], android(since)[name]]).toEqual([false, true]);
  });

  it.each(['5.50.1', '6.50.1', '7.50.1'])('%s is version 8.50 by another name', (version) => {
    expect(android(version)).toEqual(android('8.50.1'));
    expect(ios(version)).toEqual(ios('8.50.1'));
  });

  it('compares within a major line: 6.27 has no .br rule of 7.0.38, and 7.0.0 not what 6.14.28 has', () => {
    expect(android('6.14.27').manifest).toBe('all_brotli');
    expect(android('6.27.11').manifest).toBe('by_suffix');
    expect(android('7.0.2').manifest).toBe('all_brotli');
    expect(android('7.0.1').manifest).toBe('none');
    expect(android('5.9.5').manifest).toBe('none');
  });

  it('limits a transfer on iOS and waits longer for a new bundle on Android (§2.2, §9.5)', () => {
    expect([ios('8.45.10').wholeMs, ios('8.45.11').wholeMs]).toEqual([undefined, 25_000]);
    expect(android('8.51.23').wholeMs).toBeUndefined();
    expect([android('8.45.8').readyTimeoutMs, android('8.45.9').readyTimeoutMs]).toEqual([10_000, 30_000]);
    expect(ios('8.51.23').readyTimeoutMs).toBe(10_000);
  });

  it('blocks by windows since 8.51.5, before that until the next start, and long ago not at all (§1.6)', () => {
    expect(['7.23.7', '7.23.8', '8.51.4', '8.51.5'].map((version) => android(version).rateLimit)).toEqual([
      'none',
      'sticky',
      'sticky',
      'window',
    ]);
  });

  it('knows the bundle of its app by other names on Android and iOS, and before 8.51.10 or on Electron not at all (§6.3)', () => {
    const names = ['8.51.9', '8.51.10', '8.51.22', '8.51.23'];
    expect(names.map((version) => android(version).builtinNames)).toEqual([
      'none',
      'on_device',
      'on_device',
      'on_device',
    ]);
    expect(names.map((version) => ios(version).builtinNames)).toEqual([
      'in_manifest',
      'in_manifest',
      'in_manifest',
      'on_device',
    ]);
    expect(dialectOf({ platform: 'electron', pluginVersion: '0.0.1' }).builtinNames).toBe('none');
  });

  it('of Cordova is the newest of Capacitor, and stricter, whatever its number (§12.2)', () => {
    for (const platform of ['android', 'ios'] as const) {
      const cordova = dialectOf({ platform, framework: 'cordova', pluginVersion: '8.2.5' });
      const newest = dialectOf({ platform, pluginVersion: '8.51.23' });
      expect(cordova).toEqual({ ...newest, isWary: true, silenceMs: 20_000 });
      expect(dialectOf({ platform, framework: 'cordova', pluginVersion: '1.0.0' })).toEqual(cordova);
    }
  });

  it('takes an unknown version for the newest', () => {
    expect(android('main')).toEqual(android('8.99.0'));
  });

  it('is the same for every Electron client, whatever number it has (§12.1)', () => {
    expect(dialectOf({ platform: 'electron', pluginVersion: '0.0.1' })).toBe(
      dialectOf({ platform: 'electron', pluginVersion: '8.51.23' }),
    );
  });
});
