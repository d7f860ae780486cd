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
