import { expect, it } from 'vitest';

import { keptBody, keptPayload, shortenToken } from './payload.ts';

it('keeps small payloads whole and the beginning of large ones', () => {
  expect(keptPayload({ a: 1 })).toEqual({ a: 1 });
  expect(keptPayload(undefined)).toBeUndefined();
  const large = keptPayload({ text: 'x'.repeat(100_000) }) as { truncated: boolean; beginning: string };
  expect(large.truncated).toBe(true);
  expect(large.beginning).toHaveLength(4096);
});

it('keeps what could not be read as text', () => {
  expect(keptBody({ kind: 'unreadable', reason: 'invalid_json', text: '{"a"' })).toBe('{"a"');
  expect(keptBody({ kind: 'unreadable', reason: 'empty', text: '' })).toBeNull();
});

it('shows the beginning of a token only', () => {
  expect(shortenToken('/abcdefgh/x?abcdefgh', 'abcdefgh')).toBe('/abcd…/x?abcd…');
});
