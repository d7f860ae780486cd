import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { EventMessage } from '#contract/events.ts';
import { openDeviceHost, type DeviceHost } from '#test/helpers/device-host.ts';
import { soundBuild } from '#test/helpers/trees.ts';

import { AppError } from '../app-error.ts';

const appId = 'com.example.app';
const production = { appId, channel: 'production' };

let host: DeviceHost;
let heard: EventMessage[];

beforeEach(async () => {
  host = await openDeviceHost({ appId });
  heard = [];
  host.core.events.subscribe((message) => void heard.push(message));
});

afterEach(() => host[Symbol.asyncDispose]());

/** The code that a call throws. */
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'none';
}

const versionOf = (channel = 'production'): string => {
  const { target } = host.core.channels.get({ appId, channel });
  return target.kind === 'release' ? target.version : target.kind;
};

async function check(fields: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const response = await fetch(host.urls.update, {
    method: 'POST',
    body: JSON.stringify({
      platform: 'android',
      device_id: '0f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e',
      app_id: appId,
      version_build: '1.0.0',
      version_name: '1.0.0',
      plugin_version: '8.51.23',
      is_emulator: false,
      is_prod: true,
      ...fields,
    }),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function report(action: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const body = {
    platform: 'android',
    app_id: appId,
    version_build: '1.0.0',
    version_os: '14',
    plugin_version: '8.51.23',
    action,
    timestamp: Date.now(),
    ...fields,
  };
  const response = await fetch(host.urls.stats, { method: 'POST', body: JSON.stringify([body]) });
  expect(response.status).toBe(200);
}

describe('a new app', () => {
  it('has one channel, public on every platform, which asks only for nothing below the native version', () => {
    expect(host.core.channels.list(appId)).toMatchObject([
      {
        name: 'production',
        isDefault: true,
        public: true,
        ios: true,
        android: true,
        electron: true,
        allowDeviceSelfSet: true,
        disableAutoUpdate: 'none',
        disableAutoUpdateUnderNative: true,
        minUpdateVersion: null,
        rollout: null,
      },
    ]);
  });
});

describe('channels', () => {
  it('come, are renamed and go', async () => {
    await host.publish(soundBuild, '1.0.1');
    const { channels } = host.core;
    const { channel } = channels.create({
      appId,
      name: 'beta',
      settings: { allowProd: false },
      target: { kind: 'release', release: '1.0.1' },
    });
    expect(channel).toMatchObject({ name: 'beta', public: false, allowProd: false, target: { version: '1.0.1' } });
    expect(heard.some(({ name, payload }) => name === 'channel.changed' && payload.channelId === channel.id)).toBe(
      true,
    );
    expect(await check({ defaultChannel: 'beta', is_prod: false })).toMatchObject({ version: '1.0.1' });
    expect(channels.rename({ appId, channel: channel.id }, 'preview')).toMatchObject({
      name: 'preview',
      deviceCount: 1,
    });
    // It is the same channel: its past goes with it.
    const { byChannel } = host.core.figures.updates({ appId, range: '1h' });
    expect(byChannel).toMatchObject([{ channel: 'preview', offered: 1 }]);
    expect(host.core.figures.updates({ appId, range: '1h', channel: 'beta' }).total.offered).toBe(0);
    expect(channels.delete({ appId, channel: 'preview' }, { force: false })).toMatchObject({ releasedDevices: 0 });
    expect(channels.list(appId).map(({ name }) => name)).toEqual(['production']);
  });

  it.each([
    ['', 'CHANNEL_NAME_INVALID'],
    ['a b', 'CHANNEL_NAME_INVALID'],
    ['../x', 'CHANNEL_NAME_INVALID'],
    ['builtin', 'CHANNEL_NAME_INVALID'],
    ['x'.repeat(61), 'CHANNEL_NAME_INVALID'],
    ['production', 'CHANNEL_EXISTS'],
    ['Production', 'none'],
    ['été-2', 'none'],
  ])('may be named %j: %s', (name, code) => {
    expect(codeOf(() => host.core.channels.create({ appId, name, settings: {} }))).toBe(code);
  });

  it('are not deleted while they are the default, or unless forced while a device is tied to them', async () => {
    const { channels, devices } = host.core;
    channels.create({ appId, name: 'beta', settings: {} });
    await check({ device_id: 'd-1' });
    devices.setOverride(appId, 'd-1', { kind: 'channel', channel: 'beta' });
    expect(channels.get({ appId, channel: 'beta' }).overrideCount).toBe(1);
    expect(codeOf(() => channels.delete({ appId, channel: 'beta' }, { force: false }))).toBe('CHANNEL_IN_USE');
    expect(codeOf(() => channels.delete(production, { force: true }))).toBe('CHANNEL_IS_DEFAULT');
    expect(channels.delete({ appId, channel: 'beta' }, { force: true }).releasedDevices).toBe(1);
    expect(devices.get(appId, 'd-1').override).toBeNull();
  });

  it('capgo-server-and-cli.md §12.22: one is public per platform; publishing one un-publishes the other', () => {
    const { channels } = host.core;
    const { unpublished } = channels.create({
      appId,
      name: 'beta',
      settings: { public: true, android: false, ios: true },
    });
    expect(unpublished).toEqual(['production']);
    expect(channels.get({ appId, channel: 'beta' })).toMatchObject({ ios: true, android: false, electron: false });
    expect(channels.get(production)).toMatchObject({ public: false, isDefault: true });
    // Beside each other where they do not meet.
    expect(channels.update(production, { public: true, ios: false }).unpublished).toEqual([]);
    expect(channels.get({ appId, channel: 'beta' }).public).toBe(true);
    expect(channels.update(production, { ios: true }).unpublished).toEqual(['beta']);
    expect(channels.history({ appId, channel: 'beta' }, { limit: 1 })).toMatchObject([
      { cause: 'unpublished', changes: { public: { from: true, to: false } } },
    ]);
  });

  it('there is one default channel, and publishing goes to it', async () => {
    const { channels, apps } = host.core;
    channels.create({ appId, name: 'beta', settings: {} });
    channels.makeDefault({ appId, channel: 'beta' });
    expect(apps.get(appId).defaultChannel).toBe('beta');
    expect(channels.list(appId).filter(({ isDefault }) => isDefault)).toHaveLength(1);
    await host.publish(soundBuild, '1.0.1');
    expect([versionOf('beta'), versionOf()]).toEqual(['1.0.1', 'none']);
  });

  it('refuse a native version that is none', () => {
    expect(codeOf(() => host.core.channels.update(production, { minUpdateVersion: 'soon' }))).toBe(
      'NATIVE_VERSION_INVALID',
    );
  });

  it('a change of settings decides the next check', async () => {
    await host.publish(soundBuild, '2.0.0');
    const { channels } = host.core;
    expect(await check()).toMatchObject({ version: '2.0.0', url: expect.any(String) as string });
    channels.update(production, { disableAutoUpdate: 'major' });
    expect(await check()).toMatchObject({ error: 'disable_auto_update_to_major', kind: 'blocked' });
    channels.update(production, { disableAutoUpdate: 'none' });
    expect(await check()).toMatchObject({ version: '2.0.0', url: expect.any(String) as string });
  });
});

describe('history', () => {
  it('goes back step by step, and never to what is deleted', async () => {
    const { channels, releases } = host.core;
    for (const version of ['1.0.1', '1.0.2', '1.0.3']) await host.publish(soundBuild, version);
    expect(channels.rollBack(production)).toMatchObject({ target: { version: '1.0.2' } });
    expect(channels.rollBack(production)).toMatchObject({ target: { version: '1.0.1' } });
    expect(codeOf(() => channels.rollBack(production))).toBe('CHANNEL_HAS_NO_PAST');
    channels.setTarget(production, { kind: 'release', release: '1.0.3' });
    await releases.delete({ appId, release: '1.0.2', force: false });
    expect(channels.rollBack(production)).toMatchObject({ target: { version: '1.0.1' } });
    const history = channels.history(production, { limit: 50 });
    expect(history.map(({ cause }) => cause)).toEqual([
      'rolled_back',
      'target_set',
      'rolled_back',
      'rolled_back',
      'published',
      'published',
      'published',
      'created',
    ]);
    const third = history.find(({ target }) => target.kind === 'release' && target.version === '1.0.3');
    expect(third?.canRollBack).toBe(true);
    expect(history.find(({ target }) => target.kind === 'release' && target.version === '1.0.2')?.canRollBack).toBe(
      false,
    );
    expect(channels.rollBack(production, third?.id)).toMatchObject({ target: { version: '1.0.3' } });
  });

  it('tells what a deleted release left', async () => {
    await host.publish(soundBuild, '1.0.1');
    await host.core.releases.delete({ appId, release: '1.0.1', force: true });
    expect(host.core.channels.history(production, { limit: 1 })).toMatchObject([
      { cause: 'release_deleted', before: { version: '1.0.1' }, target: { kind: 'none' } },
    ]);
  });
});

describe('a rollout', () => {
  beforeEach(async () => {
    await host.publish(soundBuild, '1.0.1');
    await host.publish(soundBuild, '1.0.2');
    host.core.channels.setTarget(production, { kind: 'release', release: '1.0.1' });
  });

  it('needs a channel that offers something, and a release', () => {
    const { channels } = host.core;
    channels.create({ appId, name: 'empty', settings: {} });
    const empty = { appId, channel: 'empty' };
    expect(codeOf(() => channels.setRollout(empty, { release: '1.0.2' }))).toBe('ROLLOUT_NEEDS_TARGET');
    expect(codeOf(() => channels.setRollout(production, {}))).toBe('ROLLOUT_NEEDS_RELEASE');
    expect(codeOf(() => channels.setRollout(production, { release: '9.9.9' }))).toBe('RELEASE_NOT_FOUND');
    expect(codeOf(() => channels.pauseRollout(production))).toBe('ROLLOUT_NOT_FOUND');
  });

  it('capgo-server-and-cli.md §12.20: a share of the devices gets it, each one always the same answer', async () => {
    const { channels } = host.core;
    channels.setRollout(production, { release: '1.0.2', percentageBps: 5000 });
    const ids = Array.from({ length: 40 }, (_, index) => `device-${index}`);
    const ask = async (): Promise<unknown[]> => {
      const replies = await Promise.all(ids.map((device_id) => check({ device_id })));
      return replies.map(({ version }) => version);
    };
    const first = await ask();
    const selected = first.filter((version) => version === '1.0.2').length;
    expect(selected).toBeGreaterThan(5);
    expect(selected).toBeLessThan(35);
    expect(await ask()).toEqual(first);
    expect(channels.get(production).rollout).toMatchObject({ selectedDevices: selected, decidedDevices: 40 });

    channels.setRollout(production, { percentageBps: 8000 });
    const more = await ask();
    const lost = first.filter((version, index) => version === '1.0.2' && more[index] !== '1.0.2');
    expect(lost).toEqual([]);
    channels.pauseRollout(production, 'crashes');
    expect(new Set(await ask())).toEqual(new Set(['1.0.1']));
    // One that was drawn keeps it; who was turned away before does not, even while running it.
    const drawn = ids[more.indexOf('1.0.2')];
    expect(await check({ device_id: drawn, version_name: '1.0.2' })).toMatchObject({
      error: 'no_new_version_available',
    });
    expect(channels.get(production).rollout).toMatchObject({ pauseReason: 'crashes' });
    channels.resumeRollout(production);
    expect(await ask()).toEqual(more);
    expect(channels.promoteRollout(production)).toMatchObject({ target: { version: '1.0.2' }, rollout: null });
    expect(new Set(await ask())).toEqual(new Set(['1.0.2']));
  });

  it('is drawn anew for another release', () => {
    const { channels } = host.core;
    const first = channels.setRollout(production, { release: '1.0.2', percentageBps: 5000 }).rollout?.rolloutId;
    expect(channels.setRollout(production, { percentageBps: 6000 }).rollout?.rolloutId).toBe(first);
    channels.pauseRollout(production);
    const other = channels.setRollout(production, { release: '1.0.1' }).rollout;
    expect(other?.rolloutId).not.toBe(first);
    expect(other).toMatchObject({ pausedAt: null, percentageBps: 6000 });
  });

  it.each(['pause', 'rollback', 'notify'] as const)(
    'capgo-server-and-cli.md §7: is stopped when too many fail (%s)',
    async (action) => {
      const { channels } = host.core;
      channels.setRollout(production, { release: '1.0.2', percentageBps: 10_000 });
      channels.update(production, {
        autoPause: { enabled: true, failureRateBps: 2000, minAttempts: 4, minFailures: 2, action },
      });
      for (const device_id of ['a', 'b', 'c', 'd']) {
        expect(await check({ device_id })).toMatchObject({ version: '1.0.2' });
        await report('set', { device_id, version_name: '1.0.2', old_version_name: '1.0.0' });
        if (device_id === 'd') continue;
        expect(channels.get(production).autoPauseLastTriggeredAt).toBeNull();
        await report('update_fail', { device_id, version_name: '1.0.2' });
        expect(await check({ device_id })).toMatchObject({ version: '1.0.1' });
      }
      const { rollout, autoPauseLastTriggeredAt } = channels.get(production);
      expect(autoPauseLastTriggeredAt).not.toBeNull();
      expect(await check({ device_id: 'e' })).toMatchObject({ version: action === 'notify' ? '1.0.2' : '1.0.1' });
      const [entry] = channels.history(production, { limit: 1 });
      expect(entry).toMatchObject({ cause: 'auto_paused', note: expect.stringContaining('devices failed') as string });
      const left = rollout === null ? 'none' : rollout.pausedAt === null ? 'running' : 'paused';
      expect(left).toBe({ pause: 'paused', rollback: 'none', notify: 'running' }[action]);
    },
  );
});

describe('a preview', () => {
  it('tells what the devices would be answered, and changes nothing', async () => {
    await host.publish(soundBuild, '2.0.0');
    await check({ device_id: 'phone' });
    await check({ device_id: 'emulator', is_emulator: true });
    const before = host.core.channels.get(production);
    const preview = host.core.explain.preview({ ...production, change: { allowEmulator: false } });
    expect(preview).toMatchObject({
      before: { offered: 2, blocked: 0 },
      after: { offered: 1, blocked: 1 },
      devices: [
        { deviceId: 'emulator', isChanged: true, after: { code: 'disable_emulator', rule: 'policy.emulator' } },
        { deviceId: 'phone', isChanged: false },
      ],
    });
    expect(host.core.channels.get(production)).toEqual(before);
  });

  it('draws another share of the rollout, or leaves the rollout out', async () => {
    await host.publish(soundBuild, '1.0.1');
    await host.publish(soundBuild, '1.0.2');
    host.core.channels.rollBack(production);
    for (const device_id of ['a', 'b']) await check({ device_id });
    host.core.channels.setRollout(production, { release: '1.0.2', percentageBps: 0 });
    const offered = (rollout?: { percentageBps: number } | null) =>
      host.core.explain
        .preview({ ...production, change: {}, rollout })
        .devices.map(({ before, after }) => [before.version, after.version]);
    expect(offered()).toEqual([
      ['1.0.1', '1.0.1'],
      ['1.0.1', '1.0.1'],
    ]);
    expect(offered({ percentageBps: 10_000 })).toEqual([
      ['1.0.1', '1.0.2'],
      ['1.0.1', '1.0.2'],
    ]);
    expect(offered(null).map(([, after]) => after)).toEqual(['1.0.1', '1.0.1']);
    expect(host.core.channels.get(production).rollout).toMatchObject({ percentageBps: 0 });
    expect(await check({ device_id: 'a' })).toMatchObject({ version: '1.0.1' });
  });

  it('tells what one device would be answered with an override, or without its own, and decides nothing', async () => {
    await host.publish(soundBuild, '1.0.1');
    await host.publish(soundBuild, '1.0.2');
    await check({ device_id: 'a' });
    const answer = (override?: Parameters<typeof host.core.explain.explainDevice>[2]) => {
      const { outcome, code, release } = host.core.explain.explainDevice(appId, 'A', override);
      return [outcome, code, release?.version];
    };
    expect(answer()).toEqual(['offered', 'offer', '1.0.2']);
    expect(answer({ kind: 'release', release: '1.0.1' })).toEqual(['offered', 'offer', '1.0.1']);
    expect(answer({ kind: 'channel', channel: 'production' })).toEqual(['offered', 'offer', '1.0.2']);
    expect(answer({ kind: 'blocked' })[0]).toBe('blocked');
    expect(answer({ kind: 'builtin' })[1]).toBe('already_on_builtin');
    expect(() => answer({ kind: 'channel', channel: 'nowhere' })).toThrow('CHANNEL_NOT_FOUND');
    expect(() => answer({ kind: 'release', release: '9.9.9' })).toThrow('RELEASE_NOT_FOUND');
    expect(host.core.devices.get(appId, 'a').override).toBeNull();

    host.core.devices.setOverride(appId, 'a', { kind: 'blocked' });
    expect(answer()[0]).toBe('blocked');
    expect(answer(null)).toEqual(['offered', 'offer', '1.0.2']);
    expect(await check({ device_id: 'a' })).toMatchObject({ kind: 'blocked' });
  });
});

describe('what failed on a device', () => {
  it('clients.md §13.11: is not offered to it again, but to the others, until somebody says so', async () => {
    await host.publish(soundBuild, '1.0.1');
    const { devices } = host.core;
    expect(await check({ device_id: 'a' })).toMatchObject({ version: '1.0.1' });
    await report('update_fail', { device_id: 'a', version_name: '1.0.1' });
    expect(await check({ device_id: 'a' })).toMatchObject({ kind: 'blocked', error: 'version_failed_before' });
    expect(devices.get(appId, 'a')).toMatchObject({
      state: { kind: 'rolled_back', version: '1.0.1' },
      failedVersions: [{ version: '1.0.1', action: 'update_fail', nativeVersion: '1.0.0' }],
    });
    expect(await check({ device_id: 'b' })).toMatchObject({ version: '1.0.1', url: expect.any(String) as string });
    expect(host.core.explain.explainDevice(appId, 'A')).toMatchObject({ code: 'version_failed_before' });
    devices.offerAgain(appId, 'a', '1.0.1');
    expect(await check({ device_id: 'a' })).toMatchObject({ version: '1.0.1', url: expect.any(String) as string });
  });

  it('is offered again to a new native version', async () => {
    await host.publish(soundBuild, '1.0.5');
    await check({ device_id: 'a' });
    await report('update_fail', { device_id: 'a', version_name: '1.0.5' });
    expect(await check({ device_id: 'a' })).toMatchObject({ error: 'version_failed_before' });
    expect(await check({ device_id: 'a', version_build: '1.0.1', version_name: '1.0.1' })).toMatchObject({
      version: '1.0.5',
    });
  });
});

describe('an override', () => {
  it('decides for its device, keeps its release, and is explained', async () => {
    await host.publish(soundBuild, '1.0.1');
    await host.publish(soundBuild, '1.0.2');
    const { devices, releases, explain } = host.core;
    await check({ device_id: 'a' });
    devices.setOverride(appId, 'a', { kind: 'release', release: '1.0.1' });
    expect(await check({ device_id: 'a' })).toMatchObject({ version: '1.0.1' });
    await expect(releases.delete({ appId, release: '1.0.1', force: false })).rejects.toMatchObject({
      code: 'RELEASE_IN_USE',
      params: { users: ['a'] },
    });
    devices.setOverride(appId, 'a', { kind: 'blocked' });
    expect(explain.explainDevice(appId, 'a')).toMatchObject({ code: 'device_blocked', response: { status: 200 } });
    expect(devices.clearOverride(appId, 'a').override).toBeNull();
    expect(await check({ device_id: 'a' })).toMatchObject({ version: '1.0.2' });
    expect(codeOf(() => devices.setOverride(appId, 'nobody', { kind: 'blocked' }))).toBe('DEVICE_NOT_FOUND');
    expect(codeOf(() => devices.setOverride(appId, 'a', { kind: 'channel', channel: 'x' }))).toBe('CHANNEL_NOT_FOUND');
  });
});

describe('an explanation', () => {
  it.each([
    ['8.43.0', 'builtin'],
    ['8.44.0', '1.0'],
  ])(
    'clients.md §13.2: is what a device on the store bundle is answered; plugin %s calls that %s',
    async (plugin, name) => {
      await host.publish(soundBuild, '1.0.0');
      const fields = { device_id: 'a', version_build: '1.0', version_name: name, plugin_version: plugin };
      const { error, version } = (await check(fields)) as { readonly error?: string; readonly version: string };
      // `builtin` counts as 1.0.0, a name is compared as it is.
      expect(error).toBe(name === 'builtin' ? 'no_new_version_available' : undefined);
      const { response } = host.core.explain.explainDevice(appId, 'a');
      expect(response.body).toMatchObject({ version, ...(error === undefined ? {} : { error }) });
    },
  );
});
