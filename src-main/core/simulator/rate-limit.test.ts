import { describe, expect, it } from 'vitest';

import { dialectOf } from './dialect.ts';
import { createRateLimit } from './rate-limit.ts';

const nowMs = 1_800_000_000_000;
const blockOf = (
  headers: Readonly<Record<string, string>>,
  body: unknown,
  pluginVersion = '8.51.23',
): number | null | undefined => {
  const limit = createRateLimit(dialectOf({ platform: 'ios', pluginVersion }), () => nowMs);
  limit.note({ status: 429, text: JSON.stringify(body), headers });
  const block = limit.current();
  return block && block.untilMs - nowMs;
};

describe('a 429 (protocol/clients.md §1.6)', () => {
  it.each([
    ['seconds in the header', { 'retry-after': '30' }, {}, 30_000],
    ['parts of seconds', { 'retry-after': '1.5' }, {}, 1500],
    ['a date in the header is ignored', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, {}, null],
    ['the body, when the header is a date', { 'retry-after': 'x' }, { retryAfterSeconds: 5 }, 5000],
    ['the header before the body', { 'retry-after': '2' }, { retryAfterSeconds: 5 }, 2000],
    ['moreInfo before the body', {}, { moreInfo: { retryAfterSeconds: 7 }, retryAfterSeconds: 5 }, 7000],
    ['a moment in milliseconds', {}, { rateLimitResetAt: nowMs + 9000 }, 9000],
    ['no hint, no block', {}, { error: 'too_many_requests' }, null],
    ['at most a day', { 'retry-after': '999999' }, {}, 86_400_000],
    ['a moment that has passed', {}, { rateLimitResetAt: nowMs - 1 }, null],
  ] as const)('%s', (_, headers, body, expected) => {
    expect(blockOf(headers, body)).toBe(expected);
  });

  it('blocks older plugins until their next start, and very old ones never', () => {
    expect(blockOf({}, {}, '8.51.4')).toBe(Number.POSITIVE_INFINITY);
    expect(blockOf({ 'retry-after': '30' }, {}, '7.23.7')).toBeNull();
  });

  it('keeps the longer of two windows, and the words of the server', () => {
    const limit = createRateLimit(dialectOf({ platform: 'android', pluginVersion: '8.51.23' }), () => nowMs);
    const text = JSON.stringify({ error: 'quota', message: 'Later' });
    limit.note({ status: 429, text, headers: { 'retry-after': '60' } });
    limit.note({ status: 429, text: '{}', headers: { 'retry-after': '10' } });
    expect(limit.current()).toEqual({ error: 'quota', message: 'Later', untilMs: nowMs + 60_000 });
    expect(limit.note({ status: 200, text: '', headers: {} })).toBe(false);
  });
});
