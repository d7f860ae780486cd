import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';
import type { ChannelSettings } from '#contract/models/channel.ts';
import { androidCheck, appEntry, releaseEntry } from '#test/helpers/app-entry.ts';

import type { AppEntry } from '../apps/app-directory.ts';
import { noFacts, type DeviceFacts } from '../devices/device-facts.ts';
import { decideUpdate } from './decide-update.ts';
import type { UpdateDecision } from './decision.ts';
import { readDeviceInfo } from './parse-request.ts';

/** What Capgo's own defaults are (capgo-server-and-cli.md §8.1); ours are milder, ADR 0010. */
const capgoDefaults: Partial<ChannelSettings> = { disableAutoUpdate: 'major', allowDeviceSelfSet: false };

/** The mock app of capgo-server-and-cli.md §12: public channel `production` with bundle 1.0.0. */
function capgoApp(settings: Partial<ChannelSettings> = {}, version = '1.0.0'): AppEntry {
  return appEntry({ releases: [releaseEntry({ version })], settings: { ...capgoDefaults, ...settings } });
}

type Fields = Readonly<Record<string, unknown>>;

function decide(fields: Fields, app: AppEntry = capgoApp(), device: DeviceFacts = noFacts): UpdateDecision {
  const body = { ...androidCheck, version_name: '0.9.0', ...fields };
  return decideUpdate({
    request: { kind: 'device', info: readDeviceInfo(body), isEmpty: false },
    app,
    origin: 'http://192.168.1.20:8787',
    deviceTag: null,
    device,
    nowMs: 0,
  });
}

const reply = (fields: Fields, app?: AppEntry, device?: DeviceFacts): unknown => decide(fields, app, device).reply;
const blocked = (error: string, message: string, extra: Fields): Fields => ({
  kind: 'blocked',
  error,
  message,
  ...extra,
});

describe('capgo-server-and-cli.md §12, the rows about updates', () => {
  it('row 1: the version that runs is up to date', () => {
    expect(reply({ version_name: '1.0.0' })).toMatchObject({ error: 'no_new_version_available', kind: 'up_to_date' });
  });

  it('row 2: a downgrade is served', () => {
    expect(reply({ version_name: '1.1.0' })).toMatchObject({ version: '1.0.0', url: expect.any(String) as string });
  });

  it('row 3: a higher major version is blocked', () => {
    expect(reply({ version_build: '0.0.0', version_name: '0.0.0' })).toStrictEqual(
      blocked('disable_auto_update_to_major', 'Cannot upgrade major version', {
        major: true,
        version: '1.0.0',
        old: '0.0.0',
      }),
    );
  });

  it('row 4: nothing below the native version', () => {
    expect(reply({ version_build: '2.0.0', version_name: '2.0.0' })).toStrictEqual(
      blocked('disable_auto_update_under_native', 'Cannot revert under native version', {
        version: '1.0.0',
        old: '2.0.0',
      }),
    );
  });

  it.each([
    ['minor', '1.361.0', 'disable_auto_update_to_minor', 'Cannot upgrade minor version'],
    ['patch', '1.0.1', 'disable_auto_update_to_patch', 'Cannot upgrade patch version'],
  ] as const)('row 5: policy %s stops %s on 1.0.0', (disableAutoUpdate, version, error, message) => {
    expect(reply({}, capgoApp({ disableAutoUpdate }, version))).toStrictEqual(
      blocked(error, message, { major: true, version, old: '1.0.0' }),
    );
  });

  it.each([
    ['minor', '1.0.9'],
    ['patch', '1.0.0'],
    ['none', '7.0.0'],
    ['major', '1.9.9'],
  ] as const)('row 5: policy %s lets %s through on 1.0.0', (disableAutoUpdate, version) => {
    expect(decide({}, capgoApp({ disableAutoUpdate }, version)).outcome).toBe('offered');
  });

  it.each([
    ['1.2', '1.2.0', 'padded as Capgo does'],
    ['unknown', '0.0.0', 'as Capgo does'],
    ['1.2.3.4', '1.2.3', 'which Capgo refuses with semver_error'],
  ])('row 8: native version %s counts as %s, %s', (version_build, old) => {
    const app = capgoApp({ disableAutoUpdate: 'patch' }, '1.9.9');
    expect(reply({ version_build }, app)).toMatchObject({ error: 'disable_auto_update_to_patch', old });
  });

  it('row 9: an id in capitals is the same device', () => {
    const device: DeviceFacts = { ...noFacts, override: { kind: 'blocked' } };
    const upper = decide({ device_id: androidCheck.device_id.toUpperCase() }, capgoApp(), device);
    expect(upper).toEqual(decide({}, capgoApp(), device));
  });

  const withBeta = (settings: Partial<ChannelSettings>): AppEntry =>
    appEntry({
      releases: [releaseEntry({ version: '1.0.0' }), releaseEntry({ releaseId: 'r2', version: '1.0.5' })],
      settings: capgoDefaults,
      channels: [
        {
          name: 'beta',
          target: { kind: 'release', releaseId: 'r2', version: '1.0.5' },
          settings: { ...capgoDefaults, ...settings },
        },
      ],
    });

  it('row 10: a private channel by defaultChannel is no channel, without version, old, major', () => {
    const { reply, trace } = decide({ defaultChannel: 'beta' }, withBeta({}));
    expect(reply).toStrictEqual({
      kind: 'failed',
      error: 'no_channel',
      message: 'no default channel or override',
    });
    expect(trace.find(({ outcome }) => outcome === 'stop')).toMatchObject({
      rule: 'channel.select',
      action: { kind: 'setChannel', channelId: 2, channel: 'beta', change: { allowDeviceSelfSet: true } },
    });
  });

  it('row 11: a private channel that devices may choose is served', () => {
    expect(reply({ defaultChannel: 'beta' }, withBeta({ allowDeviceSelfSet: true }))).toMatchObject({
      version: '1.0.5',
    });
  });

  it('row 12: a device that is tied to a private channel gets it; one that is not, does not', () => {
    const override = { kind: 'channel', channelId: 2, channel: 'beta' } as const;
    expect(reply({}, withBeta({}), { ...noFacts, override })).toMatchObject({ version: '1.0.5' });
    expect(reply({}, withBeta({}))).toMatchObject({ version: '1.0.0' });
  });

  it('row 13: a channel of the built-in bundle; the reply that clients get past is ours, ADR 0009', () => {
    const app = appEntry({ target: { kind: 'builtin' }, settings: capgoDefaults });
    expect(reply({ version_name: 'builtin' }, app)).toMatchObject({ error: 'already_on_builtin', kind: 'up_to_date' });
    expect(reply({}, app)).toStrictEqual({ version: 'builtin' });
    expect(reply({ plugin_version: '6.1.20' }, app)).toMatchObject({
      error: 'revert_to_builtin_plugin_version_too_old',
      kind: 'failed',
    });
  });

  it.each([
    ['allowEmulator', { is_emulator: true }, 'disable_emulator', 'Cannot update, emulator is disabled'],
    ['allowDevice', { is_emulator: false }, 'disable_device', 'Cannot update, device is disabled'],
    ['allowDev', { is_prod: false }, 'disable_dev_build', 'Cannot update, dev build is disabled'],
    ['allowProd', { is_prod: true }, 'disable_prod_build', 'Cannot update, prod build is disabled'],
  ] as const)('row 14: %s off', (setting, fields, error, message) => {
    const { reply, trace } = decide(fields, capgoApp({ [setting]: false }));
    expect(reply).toStrictEqual(blocked(error, message, { version: '1.0.0', old: '0.9.0' }));
    expect(trace.find(({ outcome }) => outcome === 'stop')?.action).toMatchObject({ change: { [setting]: true } });
    const other = 'is_prod' in fields ? { is_prod: !fields.is_prod } : { is_emulator: !fields.is_emulator };
    expect(decide(other, capgoApp({ [setting]: false })).outcome).toBe('offered');
  });

  it('row 15: policy version_number', () => {
    const app = (minUpdateVersion: string | null): AppEntry =>
      capgoApp({ disableAutoUpdate: 'version_number', minUpdateVersion });
    expect(reply({}, app(null))).toStrictEqual({
      kind: 'failed',
      error: 'misconfigured_channel',
      message: 'Channel production is misconfigured',
      version: '1.0.0',
      old: '1.0.0',
    });
    expect(reply({}, app('1.0.1'))).toStrictEqual(
      blocked('disable_auto_update_to_metadata', 'Cannot upgrade version, min update version > current version', {
        major: true,
        version: '1.0.0',
        old: '1.0.0',
      }),
    );
    expect(decide({}, app('1.0.0')).outcome).toBe('offered');
  });

  it('row 16: plugin 4 is not supported, 3 is served', () => {
    expect(reply({ plugin_version: '4.17.1' })).toStrictEqual({
      kind: 'failed',
      error: 'unsupported_plugin_version',
      message: 'Plugin version 4.17.1 (v4) is no longer supported. Please upgrade to v5.10.0 or later.',
    });
    expect(decide({ plugin_version: '3.2.0' }).outcome).toBe('offered');
  });

  it.each([
    ['8.40.7', 'offer'],
    ['8.40.8', 'key_id_mismatch'],
    ['7.50.1', 'key_id_mismatch'],
  ])('row 17: other keys with plugin %s: %s', (plugin_version, code) => {
    const app = appEntry({ releases: [releaseEntry({ version: '1.0.0', keyId: 'KEY-A', sessionKey: 'iv:key' })] });
    expect(decide({ plugin_version, key_id: 'KEY-B' }, app).code).toBe(code);
  });

  it('rows 22 and 26 of §5.4: platform gates, which only a tied device meets', () => {
    const override = { kind: 'channel', channelId: 2, channel: 'beta' } as const;
    const device = { ...noFacts, override };
    const app = withBeta({ android: false, ios: false, electron: false });
    expect(reply({}, app, device)).toStrictEqual(
      blocked('disabled_platform_android', 'Cannot update, android is disabled', { version: '1.0.5', old: '0.9.0' }),
    );
    expect(reply({ platform: 'ios' }, app, device)).toStrictEqual(
      blocked('disabled_platform_ios', "Cannot update, ios it's disabled", { version: '1.0.5', old: '0.9.0' }),
    );
    expect(reply({ platform: 'electron' }, app, device)).toMatchObject({ error: 'disabled_platform_electron' });
    expect(reply({ defaultChannel: 'beta' }, app)).toMatchObject({ error: 'no_channel', kind: 'failed' });
  });

  it('§5.4: a prerelease is below its release, and the policies come before the gates', () => {
    expect(reply({ version_build: '1.2.3' }, capgoApp({}, '1.2.3-beta.1'))).toMatchObject({
      error: 'disable_auto_update_under_native',
    });
    const all = capgoApp({ allowProd: false, allowDevice: false }, '3.0.0');
    expect(reply({}, all)).toMatchObject({ error: 'disable_auto_update_to_major' });
  });

  it('§5.4: every stop of a channel names one call that lets the device through', () => {
    const strict = { disableAutoUpdate: 'major', allowProd: false, allowDevice: false } as const;
    const stopOf = (settings: Partial<ChannelSettings>): TraceStep | undefined =>
      decide({}, capgoApp(settings, '3.0.0')).trace.find(({ outcome }) => outcome === 'stop');
    const changeOf = (settings: Partial<ChannelSettings>): Partial<ChannelSettings> => {
      const action = stopOf(settings)?.action;
      if (action?.kind !== 'setChannel') throw new Error(`no action: ${JSON.stringify(action)}`);
      return Object.assign({ ...settings }, action.change);
    };
    expect(stopOf(changeOf(changeOf(changeOf(strict))))).toBeUndefined();
  });
});

describe('what a person or a failure decided for one device', () => {
  it('blocked', () => {
    const { reply, trace } = decide({}, capgoApp(), { ...noFacts, override: { kind: 'blocked' } });
    expect(reply).toStrictEqual(blocked('device_blocked', 'This device is blocked', { version: '0.9.0' }));
    expect(trace.find(({ outcome }) => outcome === 'stop')?.action).toEqual({
      kind: 'clearOverride',
      deviceId: androidCheck.device_id,
    });
  });

  it('a release, past every rule of its channel', () => {
    const app = appEntry({
      releases: [releaseEntry({ version: '1.0.0' }), releaseEntry({ releaseId: 'r9', version: '9.0.0' })],
      settings: { ...capgoDefaults, allowProd: false },
    });
    const override = { kind: 'release', releaseId: 'r9', version: '9.0.0' } as const;
    const decision = decide({}, app, { ...noFacts, override });
    expect(decision).toMatchObject({ outcome: 'offered', channel: null, reply: { version: '9.0.0' } });
  });

  it('the bundle of the store', () => {
    const override = { kind: 'builtin' } as const;
    expect(reply({}, capgoApp(), { ...noFacts, override })).toStrictEqual({ version: 'builtin' });
  });

  const failed = { version: '1.0.0', action: 'update_fail', atMs: 1000, nativeVersion: '1.0.0' };

  it('clients.md §13.11: a version that failed is not offered again, until a new native version', () => {
    const device = { ...noFacts, failedVersions: [failed] };
    const { reply, trace } = decide({}, capgoApp(), device);
    expect(reply).toMatchObject({ kind: 'blocked', error: 'version_failed_before', version: '0.9.0' });
    expect(trace.find(({ outcome }) => outcome === 'stop')?.action).toEqual({
      kind: 'offerAgain',
      deviceId: androidCheck.device_id,
      version: '1.0.0',
    });
    expect(decide({}, capgoApp({}, '1.0.1'), device).outcome).toBe('offered');
    const upgraded = decide({ version_build: '1.0.1' }, capgoApp({ disableAutoUpdateUnderNative: false }), device);
    expect(upgraded.outcome).toBe('offered');
  });

  it('clients.md §6.5, §13.22: what iOS cannot retry needs a new version, so there is no "offer again"', () => {
    const device = { ...noFacts, failedVersions: [{ ...failed, action: 'download_manifest_file_fail' }] };
    const step = decide({ platform: 'ios' }, capgoApp(), device).trace.find(({ outcome }) => outcome === 'stop');
    expect(step).toMatchObject({ rule: 'release.failed_before', action: { kind: 'publish', channel: 'production' } });
    expect(step?.remedy).toContain('new version');
  });

  it('clients.md §8.5: the channel of an old plugin is kept here, that of a new one on the device', () => {
    const app = appEntry({
      releases: [releaseEntry(), releaseEntry({ releaseId: 'r2', version: '1.0.5' })],
      channels: [{ name: 'beta', target: { kind: 'release', releaseId: 'r2', version: '1.0.5' } }],
    });
    const device = { ...noFacts, keptChannelId: 2 };
    expect(decide({ plugin_version: '7.33.9' }, app, device).channel).toBe('beta');
    expect(decide({ plugin_version: '7.34.0' }, app, device).channel).toBe('production');
    expect(decide({ plugin_version: '7.50.1' }, app, device).channel).toBe('production');
  });
});

describe('a plugin too old for the bundle', () => {
  const plain = capgoApp();
  const v3 = appEntry({ releases: [releaseEntry({ sessionKey: 'iv:key', checksum: 'ab'.repeat(256) })] });

  it.each([
    ['5.9.5', plain, 'plugin_version_too_old'],
    ['5.10.0', plain, 'offer'],
    ['6.1.17', plain, 'plugin_version_too_old'],
    ['7.0.1', plain, 'plugin_version_too_old'],
    ['5.50.1', plain, 'offer'],
    ['6.1.18', plain, 'offer'],
    ['7.0.2', plain, 'offer'],
    ['', plain, 'offer'],
    ['7.29.9', v3, 'plugin_version_too_old'],
    ['6.27.11', v3, 'plugin_version_too_old'],
    ['6.50.1', v3, 'offer'],
    ['7.30.0', v3, 'offer'],
    ['8.0.0', v3, 'offer'],
  ])('clients.md §3, §11: plugin "%s": %s', (plugin_version, app, code) => {
    expect(decide({ plugin_version }, app).code).toBe(code);
  });
});
