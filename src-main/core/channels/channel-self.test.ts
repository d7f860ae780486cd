import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { androidCheck, appEntry } from '#test/helpers/app-entry.ts';

import type { AppEntry } from '../apps/app-directory.ts';
import type { RequestBody } from '../device-gateway.ts';
import { noFacts, type DeviceFacts } from '../devices/device-facts.ts';
import { answerChannelCall, readChannelCall, type ChannelAnswer } from './channel-self.ts';

const app = appEntry({ channels: [{ name: 'beta', target: { kind: 'none' } }] });

function answer(method: string, body: RequestBody, on: AppEntry = app, device: DeviceFacts = noFacts): ChannelAnswer {
  const asked = readChannelCall(method, body);
  if (asked.kind === 'refused') return asked.answer;
  return answerChannelCall(asked.call, { info: asked.info, app: on, device });
}

function call(method: string, value: unknown, on?: AppEntry, device?: DeviceFacts): ChannelAnswer {
  const body: RequestBody =
    method === 'GET' ? { kind: 'query', value: value as Record<string, string> } : { kind: 'json', value };
  return answer(method, body, on, device);
}

const electron = { ...androidCheck, platform: 'electron' };

describe('setChannel (clients.md §8.1)', () => {
  it('to the default channel gives up the own choice: `unset`, and no `error` (§13.28, §13.30)', () => {
    expect(call('POST', { ...androidCheck, channel: 'production' }).reply).toEqual({
      status: 200,
      body: { status: 'ok', unset: true },
    });
  });

  it('to another channel that exists is ok', () => {
    const { status, body } = call('POST', { ...androidCheck, channel: 'beta' }).reply;
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok' });
    expect(body).not.toHaveProperty('error');
    expect(body).not.toHaveProperty('unset');
  });

  it.each([
    ['that does not exist', 'Beta', 'channel_not_found'],
    ['without a name', undefined, 'missing_channel'],
  ])('to a channel %s is 400 JSON with `error`', (_, channel, error) => {
    expect(call('POST', { ...androidCheck, channel }).reply).toMatchObject({ status: 400, body: { error } });
  });
});

describe('getChannel (clients.md §8.3)', () => {
  it('answers the default channel, with camelCase allowSet', () => {
    expect(call('PUT', androidCheck).reply).toEqual({
      status: 200,
      body: { channel: 'production', status: 'default', allowSet: true },
    });
  });

  it('answers the channel that the device keeps', () => {
    expect(call('PUT', { ...androidCheck, defaultChannel: 'beta' }).reply.body).toMatchObject({
      channel: 'beta',
      status: 'override',
    });
  });

  it('without a match is 400 channel_not_found, for which the client has an answer of its own (§13.29)', () => {
    expect(call('PUT', { ...androidCheck, defaultChannel: 'gone' }).reply).toMatchObject({
      status: 400,
      body: { error: 'channel_not_found' },
    });
  });
});

describe('listChannels (clients.md §8.4)', () => {
  it('is a bare list with numeric ids', () => {
    expect(call('GET', { platform: 'ios', is_prod: 'true' }).reply.body).toEqual([
      { id: 1, name: 'production', public: true, allow_self_set: true },
      { id: 2, name: 'beta', public: false, allow_self_set: true },
    ]);
  });
});

describe('unsetChannel', () => {
  it('by DELETE is ok, also without a body (clients.md §8.2)', () => {
    expect(call('DELETE', androidCheck).reply).toEqual({ status: 200, body: { status: 'ok' } });
    const empty = answer('DELETE', { kind: 'unreadable', reason: 'empty', text: '' });
    expect(empty.reply.status).toBe(200);
  });
});

describe('Electron (clients.md §12.1)', () => {
  it('gets its channel by GET, with the other spelling', () => {
    expect(call('GET', { platform: 'electron' }).reply.body).toEqual({
      channel: 'production',
      status: 'default',
      allow_set: true,
    });
  });

  it('lists channels in an object', () => {
    expect(call('GET', { platform: 'electron', action: 'list' }).reply.body).toMatchObject({
      channels: [{ id: 1 }, { id: 2 }],
    });
  });

  it('sets and unsets by POST', () => {
    expect(call('POST', { ...electron, action: 'set', channel: 'beta' }).call).toBe('set');
    expect(call('POST', { ...electron, action: 'unset' }).reply.body).toEqual({ status: 'ok' });
  });
});

it.each([[[]], ['text'], [null], [7]])('refuses a body that is %j with 400 JSON', (value) => {
  expect(call('POST', value).reply).toMatchObject({ status: 400, body: { error: 'invalid_json_body' } });
});

describe('by the rules of the channel (capgo-server-and-cli.md §6, §12.23 to §12.25)', () => {
  const none = { kind: 'none' } as const;
  const strict = appEntry({
    settings: { allowDeviceSelfSet: false },
    channels: [
      { name: 'beta', target: none },
      { name: 'secret', target: none, settings: { allowDeviceSelfSet: false } },
      { name: 'ios-only', target: none, settings: { android: false, electron: false } },
      { name: 'debug', target: none, settings: { allowProd: false } },
      { name: 'emulators', target: none, settings: { allowDevice: false } },
    ],
  });
  const old = { ...androidCheck, plugin_version: '7.33.9' };
  const kept = { ...noFacts, keptChannelId: 2 };

  it.each([
    ['7.34.0', 'beta', 200, { status: 'ok', allowSet: true }],
    ['7.34.0', 'production', 400, { error: 'public_channel_self_set_not_allowed', app_id: 'com.example.app' }],
    ['7.34.0', 'secret', 400, { error: 'channel_self_set_not_allowed', channel: 'secret' }],
    ['7.33.9', 'secret', 400, { error: 'channel_self_set_not_allowed' }],
    ['7.33.9', 'gone', 400, { error: 'channel_not_found' }],
  ])('§12.23: plugin %s sets %s: %i', (plugin_version, channel, status, body) => {
    const answered = call('POST', { ...androidCheck, plugin_version, channel }, strict);
    expect(answered.reply).toMatchObject({ status, body });
    expect(answered.keep).toBeUndefined();
  });

  it('an old plugin has its channel kept here, and goes back to the public one', () => {
    expect(call('POST', { ...old, channel: 'beta' }, strict)).toMatchObject({
      keep: 2,
      reply: { status: 200, body: { status: 'ok' } },
    });
    expect(call('POST', { ...old, channel: 'production' }, strict, kept)).toMatchObject({
      keep: null,
      reply: { status: 200 },
    });
    expect(call('PUT', old, strict, kept).reply.body).toEqual({ channel: 'beta', status: 'override', allowSet: true });
    expect(call('DELETE', old, strict, kept)).toMatchObject({ keep: null, reply: { body: { status: 'ok' } } });
  });

  it('§12.24: DELETE of an old plugin without a choice is refused; a new one is told ok', () => {
    expect(call('DELETE', old, strict).reply).toMatchObject({ status: 400, body: { error: 'cannot_override' } });
    expect(call('DELETE', androidCheck, strict)).toMatchObject({ reply: { status: 200, body: { status: 'ok' } } });
    expect(call('DELETE', androidCheck, strict).keep).toBeUndefined();
  });

  it('a device that a person tied to a channel which devices may not leave stays there', () => {
    const tied: DeviceFacts = { ...noFacts, override: { kind: 'channel', channelId: 3, channel: 'secret' } };
    expect(call('POST', { ...old, channel: 'beta' }, strict, tied).reply.body).toMatchObject({
      error: 'cannot_override',
    });
    expect(call('DELETE', old, strict, tied).reply.body).toMatchObject({ error: 'cannot_override' });
  });

  it.each([
    ['a store build on a phone', { platform: 'android' }, ['production', 'beta']],
    ['an iPhone', { platform: 'ios' }, ['production', 'beta', 'ios-only']],
    ['a debug build', { platform: 'android', is_prod: 'false' }, ['production', 'beta', 'debug']],
    ['an emulator', { platform: 'android', is_emulator: 'true' }, ['production', 'beta', 'emulators']],
  ])('§12.25: the list for %s', (_, query, names) => {
    const { body } = call('GET', query, strict).reply;
    expect((body as readonly { readonly name: string }[]).map(({ name }) => name)).toEqual(names);
  });

  it('there may be no public channel', () => {
    const app = appEntry({ settings: { public: false } });
    expect(call('PUT', androidCheck, app).reply).toMatchObject({ status: 400, body: { error: 'channel_not_found' } });
    expect(
      call('GET', { platform: 'ios' }, appEntry({ settings: { allowDeviceSelfSet: false, ios: false } })).reply.body,
    ).toEqual([]);
  });

  it('no success carries `error`, every refusal is 400 JSON with `error` and `message` (clients.md §13.28 to §13.30)', () => {
    /** One of these, and now and then what no client sends. */
    const or = (...usual: readonly string[]): fc.Arbitrary<unknown> =>
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...usual) },
        { weight: 1, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()) },
      );
    fc.assert(
      fc.property(
        fc.constantFrom('POST', 'PUT', 'GET', 'DELETE'),
        fc.record(
          {
            platform: or('android', 'ios', 'electron', 'web', ''),
            device_id: or('d', ''),
            plugin_version: or('8.51.23', '7.33.9', '5.9.5', '0.0.1', '', 'x'),
            channel: or('beta', 'secret', 'production', 'gone', ''),
            defaultChannel: or('beta', 'secret', 'gone', ''),
            action: or('set', 'unset', 'list', 'get', ''),
          },
          { requiredKeys: [] },
        ),
        fc.constantFrom(noFacts, kept, { ...noFacts, keptChannelId: 99 }),
        (method, fields, device) => {
          const { status, body } = call(method, fields, strict, device).reply;
          expect(call(method, fields, strict, device).reply).toEqual({ status, body });
          const { error, message } = body as { readonly error?: unknown; readonly message?: unknown };
          const shape = { status, hasError: typeof error === 'string' && error !== '', hasKey: error !== undefined };
          expect([
            { status: 200, hasError: false, hasKey: false },
            { status: 400, hasError: true, hasKey: true },
          ]).toContainEqual(shape);
          expect(status === 200 || typeof message === 'string').toBe(true);
        },
      ),
    );
  });
});
