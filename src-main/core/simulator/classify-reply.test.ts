import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { classifyReply } from './classify-reply.ts';

const offer = { version: '1.0.1', url: 'http://a/b.zip', checksum: 'c' };
const read = (platform: 'android' | 'ios' | 'electron', body: unknown, status = 200) => {
  const reading = classifyReply(
    platform,
    { status, text: typeof body === 'string' ? body : JSON.stringify(body) },
    '1.0.0',
  );
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

  it('is taken by Electron in its own way: with an error, if it has a url (clients.md §12.1)', () => {
    expect(read('electron', { ...offer, error: 'x', kind: 'blocked' })).toBe('offer');
    expect(read('electron', { ...offer, error: 'no_new_version_available' })).toBe('failed no_new_version_available');
  });

  it('is read from any text without a throw', () => {
    const platform = fc.constantFrom('android', 'ios', 'electron');
    const text = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(platform, text, fc.integer({ min: 100, max: 599 }), (platform, text, status) => {
        expect(classifyReply(platform, { status, text }, '1.0.0').kind).toMatch(/./);
      }),
    );
  });
});
