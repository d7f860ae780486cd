import { describe, expect, it } from 'vitest';

import { dialectOf, pluginMajor } from './client-dialect.ts';

describe('what a client understands (clients.md §1.8, §8.5, §11, §12)', () => {
  it.each([
    ['5.9.5', { channelKeptBy: 'server', understandsBuiltin: false, manifest: 'none', checksum: 'crc32' }],
    ['6.1.17', { understandsBuiltin: false, checksum: 'crc32' }],
    ['6.2.0', { understandsBuiltin: true, manifest: 'none', checksum: 'sha256' }],
    ['6.14.27', { manifest: 'all_brotli', channelKeptBy: 'server' }],
    ['6.14.28', { manifest: 'by_suffix', readsHexChecksum: false }],
    ['7.0.1', { understandsBuiltin: false, checksum: 'crc32' }],
    ['7.0.37', { manifest: 'all_brotli', understandsBuiltin: true }],
    ['7.30.0', { readsHexChecksum: true, channelKeptBy: 'server' }],
    ['7.34.0', { channelKeptBy: 'device', readsKind: false, tellsKeyId: false }],
    ['8.0.0', { channelKeptBy: 'device', sendsStatsBatches: false, storeBundleName: 'builtin' }],
    ['8.40.8', { tellsKeyId: true, readsUnsetReply: false }],
    ['8.44.0', { sendsStatsBatches: true, readsUnsetReply: true, storeBundleName: 'native_version', readsKind: false }],
    ['8.45.11', { readsKind: true }],
    ['9.0.0', { readsKind: true, manifest: 'by_suffix' }],
    // The lines of older Capacitors have version 8.50's code.
    ['5.50.1', { readsKind: true, manifest: 'by_suffix', channelKeptBy: 'device', readsHexChecksum: true }],
    ['6.50.2', { readsKind: true, tellsKeyId: true, understandsBuiltin: true }],
    ['7.50.1', { readsKind: true, sendsStatsBatches: true, storeBundleName: 'native_version' }],
  ])('plugin %s', (version, expected) => {
    expect(dialectOf('android', version)).toMatchObject({ name: 'android', ...expected });
    expect(dialectOf('ios', version)).toMatchObject({ name: 'ios', ...expected });
  });

  it.each([
    ['5.9.5', true],
    ['6.14.24', true],
    ['6.14.25', false],
    ['7.16.9', true],
    ['7.17.0', false],
    ['8.0.0', false],
    ['5.50.1', false],
    [null, false],
  ])('plugin %s fails without an update: %s (clients.md §7.4)', (version, expected) => {
    expect(dialectOf('android', version).failsWithoutUpdate).toBe(expected);
    expect(dialectOf('electron', version).failsWithoutUpdate).toBe(false);
  });

  it('Electron, whatever version it tells', () => {
    for (const version of ['0.0.1', '9.9.9', null]) {
      expect(dialectOf('electron', version)).toMatchObject({
        channelCalls: 'electron',
        channelKeptBy: 'device',
        sessionKeyFields: ['session_key', 'sessionKey'],
        manifest: 'none',
        understandsBuiltin: false,
        sendsStatsBatches: false,
        tellsKeyId: true,
      });
    }
  });

  it.each([null, '', 'nonsense'])(
    'an unknown version (%j) is taken for a new one where that is harmless',
    (version) => {
      expect(dialectOf('android', version)).toMatchObject({
        channelKeptBy: 'device',
        checksum: 'sha256',
        understandsBuiltin: false,
        manifest: 'none',
      });
    },
  );

  it('a prerelease is older than its release', () => {
    expect(dialectOf('ios', '8.45.11-beta.1').readsKind).toBe(false);
    expect([pluginMajor('4.1.2'), pluginMajor(null), pluginMajor('x')]).toEqual([4, null, null]);
  });
});
