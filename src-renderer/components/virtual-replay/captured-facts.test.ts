import { describe, expect, it } from 'vitest';

import { planReplay, readCapturedFacts } from './captured-facts.ts';

const releases = [{ version: '1.4.1' }, { version: '1.4.0' }];
const keys = [
  { name: 'old', keyId: 'MIIBCgKCAQEAaaaaaaaa' },
  { name: 'work', keyId: 'MIIBCgKCAQEAqJikYizo' },
];

/** Protocol/clients.md, appendix A. */
const check = {
  platform: 'android',
  device_id: '2f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e',
  app_id: 'com.acme.demo',
  custom_id: '',
  version_build: '1.4.0',
  version_code: '140',
  version_os: '14',
  version_name: '1.4.0',
  plugin_version: '8.51.14',
  is_emulator: false,
  is_prod: true,
  install_source: 'google_play',
  defaultChannel: '',
  key_id: 'MIIBCgKCAQEAqJikYizo',
};

function plan(parts: object = {}) {
  const facts = readCapturedFacts({ ...check, ...parts });
  if (facts === null) throw new Error('nothing was read');
  return planReplay(facts, { releases, keys });
}
const left = (parts: object) => plan(parts).leftOut.map(({ what, value }) => `${what} ${value}`.trim());

describe('the virtual device of a captured update check', () => {
  it('has what the request said, the key of that id, and names what it cannot have', () => {
    expect(plan()).toEqual({
      profile: {
        platform: 'android',
        nativeVersion: '1.4.0',
        pluginVersion: '8.51.14',
        key: { kind: 'vault', name: 'work' },
        build: { nativeCode: '140', isEmulator: false, isProd: true },
      },
      current: null,
      keyName: 'work',
      leftOut: [
        { what: 'deviceId', value: check.device_id },
        { what: 'osVersion', value: '14' },
        { what: 'installSource', value: 'google_play' },
      ],
    });
    expect(plan({ defaultChannel: 'beta' }).profile.channel).toBe('beta');
    expect(left({ custom_id: 'Pixel' })).toContain('customId Pixel');
  });

  it.each([
    ['the store bundle by the native version (clients.md §13.2)', '1.4.0', null, []],
    ['the store bundle by its old name', 'builtin', null, []],
    ['a release that stands here', '1.4.1', '1.4.1', ['files 1.4.1']],
    ['a bundle that is no release here', '1.3.9', null, ['current 1.3.9']],
    ['nothing', null, null, []],
  ])('runs %s', (_, name, current, lost) => {
    const made = plan({ version_name: name });
    expect(made.current).toBe(current);
    expect(left({ version_name: name }).filter((each) => /^(files|current)/.test(each))).toEqual(lost);
  });

  it('goes without a key that the vault does not have, and says so; without one there is nothing to say', () => {
    const other = plan({ key_id: 'MIIBCgKCAQEAzzzzzzzz' });
    expect([other.keyName, other.profile.key]).toEqual([null, undefined]);
    expect(left({ key_id: 'MIIBCgKCAQEAzzzzzzzz' })).toContain('key MIIBCgKCAQEAzzzzzzzz');
    expect(left({ key_id: '' }).filter((each) => each.startsWith('key'))).toEqual([]);
  });

  it('says which values it takes where an old client said none (clients.md §1.2: missing, null and empty are alike)', () => {
    expect(left({ version_build: '', plugin_version: null }).slice(0, 2)).toEqual(['native', 'plugin']);
    expect(plan({ is_emulator: 'yes', is_prod: null, version_code: 7 }).profile.build).toEqual({});
  });

  it.each([
    ['no body', null],
    ['what was no JSON', '{not json'],
    ['what the log cut off', { truncated: true, beginning: '{"platform":"android"' }],
    ['an unknown client', { ...check, platform: 'web' }],
  ])('cannot be made of %s', (_, body) => {
    expect(readCapturedFacts(body)).toBeNull();
  });
});
