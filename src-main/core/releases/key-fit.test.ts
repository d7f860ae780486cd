import { describe, expect, it } from 'vitest';

import { AppError } from '../app-error.ts';
import { assertKeyFits, type KeyReaders } from './key-fit.ts';

const A = 'MIIBCgKCAQEAaaaaaaaa';
const B = 'MIIBCgKCAQEAbbbbbbbb';
const project = (keyId: string | null): KeyReaders['project'] => ({ configPath: 'capacitor.config.ts', keyId });
const device = (keyId: string | null, pluginVersion = '8.51.23'): KeyReaders['devices'][number] => ({
  deviceId: `device-${keyId ?? 'none'}`,
  keyId,
  pluginVersion,
  isVirtual: false,
});
const virtual = (keyId: string | null) => ({ ...device(keyId), isVirtual: true });

const cases: [string, string | null, KeyReaders, string | null][] = [
  ['plain to nobody known', null, { project: null, devices: [] }, null],
  ['encrypted to nobody known', A, { project: null, devices: [] }, null],
  ['encrypted to a project with that key', A, { project: project(A), devices: [] }, null],
  ['encrypted to a project with another', A, { project: project(B), devices: [] }, 'KEY_MISMATCH'],
  ['encrypted to a project without a key', A, { project: project(null), devices: [] }, 'KEY_NOT_EXPECTED'],
  ['plain to a project with a key', null, { project: project(A), devices: [] }, 'KEY_REQUIRED'],
  ['plain to a device with a key', null, { project: null, devices: [device(A)] }, 'KEY_REQUIRED'],
  ['encrypted to a device with another key', A, { project: null, devices: [device(A), device(B)] }, 'KEY_MISMATCH'],
  ['encrypted to a device without a key', A, { project: null, devices: [device(null)] }, 'KEY_NOT_EXPECTED'],
  ['with the new key in a rotation', B, { changing: [A, B], project: project(B), devices: [device(A)] }, null],
  ['with the old key in a rotation', A, { changing: [A, B], project: project(B), devices: [device(B)] }, null],
  ['with a third key in a rotation', 'C', { changing: [A, B], project: project(B), devices: [] }, 'KEY_MISMATCH'],
  ['plain in a rotation', null, { changing: [A, B], project: null, devices: [device(A)] }, 'KEY_REQUIRED'],
  ['encrypted to a virtual device with another key', A, { project: null, devices: [virtual(B), device(A)] }, null],
  ['plain to a virtual device with a key', null, { project: null, devices: [virtual(A)] }, null],
  ['a phone beside a virtual device', A, { project: null, devices: [virtual(null), device(B)] }, 'KEY_MISMATCH'],
  ['encrypted to an old plugin, which never tells', A, { project: null, devices: [device(null, '7.40.0')] }, null],
  [
    'encrypted to an LTS plugin, which tells',
    A,
    { project: null, devices: [device(null, '7.50.1')] },
    'KEY_NOT_EXPECTED',
  ],
];

describe('assertKeyFits (clients.md §3)', () => {
  it.each(cases)('%s', (_, keyId, readers, code) => {
    let found: string | null = null;
    try {
      assertKeyFits(keyId, readers);
    } catch (error) {
      found = error instanceof AppError ? error.code : String(error);
    }
    expect(found).toBe(code);
  });

  it('names the devices, but not hundreds of them', () => {
    const devices = Array.from({ length: 10 }, (_, index) => ({ ...device(B), deviceId: `d${index}` }));
    expect(() => assertKeyFits(A, { project: null, devices })).toThrow(
      expect.objectContaining({ params: { keyId: A, otherKeyId: B, readers: ['d0', 'd1', 'd2', '+7'] } }),
    );
  });
});
