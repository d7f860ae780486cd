import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { ChannelSettings, ChannelTarget } from '#contract/models/channel.ts';
import { androidCheck, appEntry, releaseEntry, sha256, token } from '#test/helpers/app-entry.ts';

import type { AppEntry } from '../apps/app-directory.ts';
import { noFacts, type DeviceFacts } from '../devices/device-facts.ts';
import { decideUpdate } from './decide-update.ts';
import type { UpdateDecision } from './decision.ts';
import { isRecord, readDeviceInfo } from './parse-request.ts';

const origin = 'http://192.168.1.20:8787';

function decide(body: unknown, app: AppEntry = appEntry(), device: DeviceFacts = noFacts): UpdateDecision {
  const request = isRecord(body)
    ? ({ kind: 'device', info: readDeviceInfo(body), isEmpty: Object.keys(body).length === 0 } as const)
    : ({ kind: 'unreadable', reason: 'not_an_object' } as const);
  return decideUpdate({ request, app, origin, deviceTag: 'tag', device, nowMs: 0 });
}

const stepOf = (decision: UpdateDecision, rule: string) => decision.trace.find((step) => step.rule === rule);

describe('an offer', () => {
  it('has version, url and checksum, and not one key more (clients.md §13.5, §13.6)', () => {
    const { status, reply, outcome, releaseId, channel } = decide(androidCheck);
    expect({ status, outcome, releaseId, channel }).toEqual({
      status: 200,
      outcome: 'offered',
      releaseId: 'r1',
      channel: 'production',
    });
    expect(reply).toStrictEqual({
      version: '1.0.1',
      url: `${origin}/${token}/bundles/${sha256}.zip?d=tag`,
      checksum: sha256,
    });
  });

  it('carries the session key of an encrypted release, in both spellings for Electron (clients.md §12.1)', () => {
    const app = appEntry({ releases: [releaseEntry({ sessionKey: 'iv:key', checksum: 'ab'.repeat(256) })] });
    expect(decide(androidCheck, app).reply).toMatchObject({ session_key: 'iv:key', checksum: 'ab'.repeat(256) });
    expect(decide(androidCheck, app).reply).not.toHaveProperty('sessionKey');
    expect(decide({ ...androidCheck, platform: 'electron' }, app).reply).toMatchObject({
      session_key: 'iv:key',
      sessionKey: 'iv:key',
      // Of the file as it comes: the official form of it matches nothing there.
      checksum: sha256,
    });
  });

  it('is made for a lower version too (capgo-server-and-cli.md §12.2)', () => {
    expect(decide({ ...androidCheck, version_name: '1.1.0' }).outcome).toBe('offered');
  });

  it('leaves nothing stopped in the trace', () => {
    const { trace } = decide(androidCheck);
    expect(trace.map(({ rule }) => rule)).toEqual([
      'request.body',
      'request.device_id',
      'request.app_id',
      'request.platform',
      'version.native',
      'version.running',
      'client.plugin',
      'device.override',
      'channel.select',
      'channel.rollout',
      'channel.target',
      'release.file',
      'release.key',
      'version.up_to_date',
      'policy.platform',
      'policy.major',
      'policy.private',
      'policy.minor',
      'policy.patch',
      'policy.version_number',
      'policy.under_native',
      'policy.prod',
      'policy.dev',
      'policy.device',
      'policy.emulator',
      'update.builtin',
      'release.plugin',
      'release.failed_before',
      'update.offer',
    ]);
    expect(trace.every(({ outcome }) => outcome === 'pass')).toBe(true);
  });
});

describe('nothing new', () => {
  it.each([
    ['the release by name', { version_name: '1.0.1' }, '1.0.1'],
    ['the store bundle of that name, since 8.44', { version_name: '1.0.1', version_build: '1.0.1' }, '1.0.1'],
    [
      'builtin on a native version of that name (clients.md §13.2)',
      { version_name: 'builtin', version_build: '1.0.1' },
      'builtin',
    ],
  ])('is answered to a device that runs %s', (_, fields, version) => {
    const { status, reply, outcome, trace } = decide({ ...androidCheck, ...fields });
    expect(status).toBe(200);
    expect(outcome).toBe('up_to_date');
    // Clients.md §1.5: safe for every client ever shipped.
    expect(reply).toStrictEqual({
      kind: 'up_to_date',
      error: 'no_new_version_available',
      message: 'No new version available',
      version,
    });
    expect(trace.filter(({ outcome }) => outcome === 'stop').map(({ rule }) => rule)).toEqual(['version.up_to_date']);
    expect(trace.slice(-2).map(({ outcome }) => outcome)).toEqual(['skip', 'skip']);
  });

  it('compares names exactly, build metadata included (capgo-server-and-cli.md §5.3)', () => {
    const app = appEntry({ releases: [releaseEntry({ version: '1.0.1+2' })] });
    expect(decide({ ...androidCheck, version_name: '1.0.1' }, app).outcome).toBe('offered');
    expect(decide({ ...androidCheck, version_name: '1.0.1+2' }, app).outcome).toBe('up_to_date');
  });

  it('is answered while nothing is published, so that no phone reports a failure before the first release', () => {
    const decision = decide(androidCheck, appEntry({ releases: [] }));
    expect(decision.reply).toMatchObject({ kind: 'up_to_date', error: 'no_new_version_available', version: '1.0.0' });
    expect(stepOf(decision, 'channel.target')).toMatchObject({
      outcome: 'stop',
      remedy: 'Publish a release to production.',
      action: { kind: 'publish', channelId: 1, channel: 'production' },
    });
  });
});

describe('a channel', () => {
  const beta: ChannelTarget = { kind: 'release', releaseId: 'r2', version: '2.0.0' };
  const app = appEntry({
    releases: [releaseEntry(), releaseEntry({ releaseId: 'r2', version: '2.0.0' })],
    channels: [{ name: 'beta', target: beta }],
  });

  it('is the one the device asks for by defaultChannel (clients.md §13.1)', () => {
    expect(decide({ ...androidCheck, defaultChannel: 'beta' }, app)).toMatchObject({
      channel: 'beta',
      reply: { version: '2.0.0' },
    });
  });

  it('is the default one when the asked one does not exist, and the trace says how Capgo differs', () => {
    const decision = decide({ ...androidCheck, defaultChannel: 'Beta' }, app);
    expect(decision).toMatchObject({ channel: 'production', reply: { version: '1.0.1' } });
    expect(stepOf(decision, 'channel.select')?.detail).toContain('no_channel');
  });

  it.each([undefined, null, '', '  ', 7, {}])('is the default one when defaultChannel is %j', (defaultChannel) => {
    expect(decide({ ...androidCheck, defaultChannel }, app).channel).toBe('production');
  });
});

describe('a key (clients.md §13.14, capgo-server-and-cli.md §12.17)', () => {
  const plain = appEntry();
  const encrypted = appEntry({ releases: [releaseEntry({ keyId: 'KEY-A', sessionKey: 'iv:key' })] });

  it.each([
    ['is the same on both sides', encrypted, 'KEY-A', '8.51.14', 'offer'],
    ['is another one', encrypted, 'KEY-B', '8.51.14', 'key_id_mismatch'],
    ['is missing in the app', encrypted, '', '8.51.14', 'key_id_mismatch'],
    ['is not told by an old plugin', encrypted, '', '8.40.7', 'offer'],
    ['is missing in the bundle', plain, 'KEY-A', '8.51.14', 'key_id_mismatch'],
  ])('that %s', (_, app, key_id, plugin_version, code) => {
    expect(decide({ ...androidCheck, key_id, plugin_version }, app).code).toBe(code);
  });

  it('that differs is blocked with both ids, and the trace says what to change', () => {
    const decision = decide({ ...androidCheck, key_id: 'KEY-B' }, encrypted);
    expect(decision.reply).toMatchObject({ kind: 'blocked', deviceKeyId: 'KEY-B', bundleKeyId: 'KEY-A' });
    expect(stepOf(decision, 'release.key')).toMatchObject({
      outcome: 'stop',
      remedy: expect.stringContaining('KEY-B') as string,
    });
  });
});

describe('the way back to the store', () => {
  const app = appEntry({ target: { kind: 'builtin' } });
  const onBundle = { ...androidCheck, version_name: '1.0.1' };

  it('is a reply of one key, without a url (clients.md §13.9)', () => {
    const { reply, outcome, code } = decide(onBundle, app);
    expect(reply).toStrictEqual({ version: 'builtin' });
    expect({ outcome, code }).toEqual({ outcome: 'offered', code: 'builtin' });
  });

  it.each([['6.2.0'], ['7.0.2'], ['5.50.1'], ['8.0.0'], ['9.1.0']])('is understood by plugin %s', (plugin_version) => {
    expect(decide({ ...onBundle, plugin_version }, app).code).toBe('builtin');
  });

  it.each([['6.1.9'], ['7.0.1'], ['5.9.5'], ['3.2.0'], ['0.0.1'], [''], ['nonsense']])(
    'is not sent to plugin "%s"',
    (plugin_version) => {
      expect(decide({ ...onBundle, plugin_version }, app)).toMatchObject({
        code: 'revert_to_builtin_plugin_version_too_old',
        reply: { kind: 'failed' },
      });
    },
  );

  it.each([{ version_name: 'builtin' }, { version_name: '1.0.0' }])(
    'is not sent to a device that is there: %j',
    (fields) => {
      expect(decide({ ...androidCheck, ...fields }, app)).toMatchObject({
        code: 'already_on_builtin',
        reply: { kind: 'up_to_date', version: fields.version_name },
      });
    },
  );
});

describe('a request', () => {
  it.each([
    ['is no object', [androidCheck], 'invalid_json_body'],
    ['is empty', {}, 'invalid_json_body'],
    ['names no device', { ...androidCheck, device_id: undefined }, 'missing_device_id'],
    ['has null for a device', { ...androidCheck, device_id: null }, 'missing_device_id'],
    ['has an endless device id', { ...androidCheck, device_id: 'a'.repeat(10_000) }, 'missing_device_id'],
  ])('that %s gets 400 with error, message and kind', (_, body, error) => {
    const { status, reply } = decide(body);
    expect(status).toBe(400);
    expect(reply).toStrictEqual({ kind: 'failed', error, message: expect.any(String) as string });
  });

  it.each(['invalid_json', 'too_large', 'empty', 'not_an_object'] as const)('that is %s gets 400', (reason) => {
    const decision = decideUpdate({
      request: { kind: 'unreadable', reason },
      app: appEntry(),
      origin,
      deviceTag: null,
      device: noFacts,
      nowMs: 0,
    });
    expect(decision.status).toBe(400);
    expect(decision.trace[0]).toMatchObject({ rule: 'request.body', outcome: 'stop' });
  });

  it('of another app is blocked, not failed: the phone would report a failed download each time', () => {
    const decision = decide({ ...androidCheck, app_id: 'com.example.other' });
    expect(decision).toMatchObject({ status: 200, outcome: 'blocked', code: 'app_id_mismatch' });
    expect(stepOf(decision, 'request.app_id')?.remedy).toContain('com.example.other');
  });

  it('may leave out everything but the device (clients.md §13.1)', () => {
    expect(decide({ device_id: 'D' }).outcome).toBe('offered');
    expect(decide({ ...androidCheck, app_id: null, platform: 'web', version_build: null }).outcome).toBe('offered');
  });

  it.each([
    ['1.2.3', 'is 1.2.3'],
    ['1.2', 'counts as 1.2.0'],
    ['v1.2.3', 'counts as 1.2.3'],
    ['unknown', 'counts as 0.0.0'],
    ['1.2.3.4', 'semver_error'],
    ['01.2.3', 'semver_error'],
    ['x', 'semver_error'],
  ])('with native version %s is served, and the trace says how it was read: %s', (version_build, detail) => {
    const app = appEntry({ settings: { disableAutoUpdateUnderNative: false } });
    const decision = decide({ ...androidCheck, version_build, version_name: '0.9.0' }, app);
    expect(decision.outcome).toBe('offered');
    expect(stepOf(decision, 'version.native')?.detail).toContain(detail);
  });

  it('for a release whose file is gone fails with a remedy', () => {
    const app = appEntry({ releases: [], target: { kind: 'release', releaseId: 'gone', version: '1.0.1' } });
    expect(decide(androidCheck, app)).toMatchObject({ code: 'no_bundle', reply: { kind: 'failed' } });
    const stored = appEntry({ releases: [releaseEntry({ state: 'stored' })] });
    expect(decide(androidCheck, stored).code).toBe('no_bundle');
  });
});

const text = z.string().min(1);
/** Strict: a key too many fails, and so does null. */
const shapes = [
  z.strictObject({
    version: text,
    url: z.url(),
    checksum: z.string().regex(/^[0-9a-f]+$/),
    session_key: text.optional(),
    sessionKey: text.optional(),
  }),
  z.strictObject({ version: z.literal('builtin') }),
  z.strictObject({
    kind: z.enum(['up_to_date', 'blocked', 'failed']),
    error: text,
    message: text,
    version: text.optional(),
    // Of the policies, capgo-server-and-cli.md §5.4.
    major: z.boolean().optional(),
    old: text.optional(),
    // Of key_id_mismatch; empty for none.
    deviceKeyId: z.string().optional(),
    bundleKeyId: z.string().optional(),
  }),
];
const ruleNames = decide(androidCheck).trace.map(({ rule }) => rule);

describe('every reply', () => {
  const field = fc.oneof(
    fc.constantFrom('builtin', '1.0.0', '1.0.1', 'ios', 'android', 'electron', 'com.example.app', 'production', 'beta'),
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
  );
  const body = fc.oneof(
    fc.record(
      {
        platform: field,
        device_id: fc.oneof(fc.constant('d'), field),
        app_id: fc.oneof(fc.constant('com.example.app'), field),
        version_build: field,
        version_name: field,
        plugin_version: field,
        defaultChannel: field,
        is_prod: field,
        key_id: field,
        __proto__: field,
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  );
  const target = fc.constantFrom<ChannelTarget>(
    { kind: 'none' },
    { kind: 'builtin' },
    { kind: 'release', releaseId: 'r1', version: '1.0.1' },
    { kind: 'release', releaseId: 'gone', version: '3.0.0' },
  );
  const sessionKey = fc.constantFrom(null, 'iv:key');
  const flag = fc.boolean();
  const settings = fc.record<Partial<ChannelSettings>>({
    public: flag,
    ios: flag,
    android: flag,
    electron: flag,
    allowDeviceSelfSet: flag,
    allowEmulator: flag,
    allowDevice: flag,
    allowDev: flag,
    allowProd: flag,
    disableAutoUpdate: fc.constantFrom('none', 'major', 'minor', 'patch', 'version_number'),
    disableAutoUpdateUnderNative: flag,
    minUpdateVersion: fc.constantFrom(null, '1.0.0', '9.0.0'),
  });
  const rollout = fc.option(
    fc.record({
      rolloutId: fc.constantFrom('o1', 'o2'),
      releaseId: fc.constantFrom('r1', 'gone'),
      version: fc.constant('1.0.1'),
      percentageBps: fc.integer({ min: 0, max: 10_000 }),
      enabled: flag,
      pausedAtMs: fc.constantFrom(null, 1),
      pauseReason: fc.constant(null),
      cacheTtlSeconds: fc.constant(60),
    }),
  );
  const device = fc.record<DeviceFacts>({
    override: fc.option(
      fc.constantFrom<NonNullable<DeviceFacts['override']>>(
        { kind: 'blocked' },
        { kind: 'builtin' },
        { kind: 'channel', channelId: 1, channel: 'production' },
        { kind: 'channel', channelId: 2, channel: 'beta' },
        { kind: 'channel', channelId: 99, channel: 'gone' },
        { kind: 'release', releaseId: 'r1', version: '1.0.1' },
        { kind: 'release', releaseId: 'gone', version: '3.0.0' },
      ),
    ),
    keptChannelId: fc.constantFrom(null, 1, 2, 99),
    failedVersions: fc.constantFrom(
      [],
      [{ version: '1.0.1', action: 'update_fail', atMs: 0, nativeVersion: null }],
      [{ version: '1.0.1', action: 'download_manifest_file_fail', atMs: 0, nativeVersion: '1.0.0' }],
    ),
    rollouts: fc.dictionary(
      fc.constantFrom('1', '2'),
      fc.record({
        rolloutId: fc.constantFrom('o1', 'o2'),
        draws: fc.nat(3),
        atMs: fc.constantFrom(0, -100_000),
        percentageBps: fc.integer({ min: 0, max: 10_000 }),
        isSelected: flag,
      }),
    ),
  });
  const keyId = fc.constantFrom(null, 'abcdefgh');
  const state = fc.constantFrom('ready', 'stored');
  const channels = fc.array(fc.record({ name: fc.constantFrom('beta', 'closed'), target, settings }), { maxLength: 2 });

  it('has exactly one of the shapes of clients.md §1.5 with its JSON types, and is the same for the same request', () => {
    fc.assert(
      fc.property(
        body,
        target,
        fc.record({ sessionKey, keyId, state }),
        settings,
        rollout,
        channels,
        device,
        (sent, target, fields, settings, rollout, channels, facts) => {
          const app = appEntry({ releases: [releaseEntry(fields)], target, settings, rollout, channels });
          const decision = decide(sent, app, facts);
          expect(decide(sent, app, facts)).toEqual(decision);
          expect([200, 400]).toContain(decision.status);
          const reply: unknown = JSON.parse(JSON.stringify(decision.reply));
          expect(shapes.filter((shape) => shape.safeParse(reply).success)).toHaveLength(1);
          const stopped = decision.trace.findIndex(({ outcome }) => outcome === 'stop');
          const rest = stopped === -1 ? [] : decision.trace.slice(stopped + 1);
          expect(rest.every(({ outcome }) => outcome === 'skip')).toBe(true);
          expect(decision.trace.map(({ rule }) => rule)).toEqual(ruleNames);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
