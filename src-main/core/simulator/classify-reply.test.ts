import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { classifyReply } from './classify-reply.ts';
import type { ClientPlatform, ClientProfile } from './client-profile.ts';

const offer = { version: '1.0.1', url: 'http://a/b.zip', checksum: 'c' };
const profileOf = (platform: ClientPlatform, pluginVersion: string): ClientProfile => ({
  platform,
  pluginVersion,
  appId: 'com.example.app',
  deviceId: '',
  nativeVersion: '1.0.0',
  customId: '',
  channel: '',
  publicKey: null,
});
const read = (platform: ClientPlatform, body: unknown, status = 200, pluginVersion = '8.51.23') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reading = classifyReply(profileOf(platform, pluginVersion), { status, text, headers: {} }, '1.0.0');
  return reading.kind === 'refused' ? `${reading.refusal} ${reading.error}` : reading.kind;
};

describe('the reply to an update check (clients.md §1.4, §1.5)', () => {
  it.each([
    ['a plain offer', offer, 'offer', 'offer', 'offer'],
    ['error: null', { ...offer, error: null }, 'failed ', 'offer', 'offer'],
    ['kind: null', { ...offer, kind: null }, 'failed ', 'offer', 'offer'],
    ['manifest: null', { ...offer, manifest: null }, 'failed response_error', 'offer', 'offer'],
    ['a number for a version', { ...offer, version: 2 }, 'nothing', 'failed decode_error', 'nothing'],
    ['breaking as text', { ...offer, breaking: 'true' }, 'offer', 'failed decode_error', 'offer'],
    ['data with a number', { ...offer, data: { a: 1 } }, 'offer', 'failed decode_error', 'offer'],
    ['the running version', { ...offer, version: '1.0.0' }, 'nothing', 'nothing', 'offer'],
    ['no url', { version: '1.0.1' }, 'failed no_url', 'failed no_url', 'nothing'],
    ['builtin', { version: 'builtin' }, 'builtin', 'builtin', 'nothing'],
    ['nothing at all', {}, 'failed no_url', 'failed no_url', 'nothing'],
    ['a list', [], 'failed parse_error', 'failed decode_error', 'failed parse_error'],
    ['an empty body', '', 'failed parse_error', 'failed response_error', 'failed parse_error'],
    ['HTML', '<html>', 'failed parse_error', 'failed decode_error', 'failed parse_error'],
    ['an unknown kind', { error: 'x', kind: 'later' }, 'failed x', 'failed x', 'failed x'],
    ['error without kind', { error: 'x' }, 'failed x', 'failed x', 'failed x'],
    ['blocked', { error: 'x', kind: 'blocked' }, 'blocked x', 'blocked x', 'blocked x'],
  ])('%s', (_, body, android, ios, electron) => {
    expect([read('android', body), read('ios', body), read('electron', body)]).toEqual([android, ios, electron]);
  });

  it.each([
    [500, '<html>', 'failed response_error', 'failed decode_error'],
    [500, '{}', 'failed response_error', 'failed response_error'],
    [400, '{"error":"e","kind":"blocked"}', 'blocked e', 'blocked e'],
    [429, '{"error":"e"}', 'failed e', 'failed e'],
    [429, '', 'failed too_many_requests', 'failed response_error'],
  ])('HTTP %i with %s', (status, body, android, ios) => {
    expect([read('android', body, status), read('ios', body, status)]).toEqual([android, ios]);
  });

  it.each([
    ['8.51.23', { error: 'x', kind: 'blocked' }, null],
    ['8.45.11', { error: 'x' }, 'download_fail'],
    ['8.45.10', { error: 'x', kind: 'blocked' }, null],
    ['7.28.0', { error: 'x' }, null],
    ['7.27.4', { error: 'x' }, 'backend_refusal'],
    ['6.25.4', { error: 'x' }, 'backend_refusal'],
    ['7.50.1', { error: 'x' }, 'download_fail'],
    ['7.2.19', { message: 'nothing' }, 'download_fail'],
  ])('is reported by Android %s after %o as clients.md §1.8 says', (pluginVersion, body, stat) => {
    const reply = { status: 200, text: JSON.stringify(body), headers: {} };
    expect(classifyReply(profileOf('android', pluginVersion), reply, '1.0.0')).toMatchObject({ stat });
  });

  it('is taken by Electron in its own way: with an error, if it has a url (clients.md §12.1)', () => {
    expect(read('electron', { ...offer, error: 'x', kind: 'blocked' })).toBe('offer');
    expect(read('electron', { ...offer, error: 'no_new_version_available' })).toBe(
      'up_to_date no_new_version_available',
    );
  });

  it('is read from any text without a throw', () => {
    const platform = fc.constantFrom('android', 'ios', 'electron');
    const text = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(platform, text, fc.integer({ min: 100, max: 599 }), (platform, text, status) => {
        expect(classifyReply(profileOf(platform, '8.51.23'), { status, text, headers: {} }, '1.0.0').kind).toMatch(/./);
      }),
    );
  });
});
