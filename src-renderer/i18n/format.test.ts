import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatBytes, formatDuration, formatRelativeTime, formatShare, shortenMiddle } from './format.ts';
import { createI18n } from './i18n.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1536, '1.50 KiB'],
    [42_500_000, '40.5 MiB'],
    [1_073_741_824, '1.00 GiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  it('counts in octets in French', () => {
    expect(formatBytes(1536, 'fr')).toBe('1,50 Kio');
  });
});

describe('formatShare', () => {
  it.each([
    [10_000, 'en', '100'],
    [250, 'fr', '2,5'],
    [1, 'en', '0.01'],
    [0, 'en', '0'],
  ])('writes %d basis points as percent', (bps, language, text) => {
    expect(formatShare(bps, language)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [84, '84 ms'],
    [1240, '1.24 s'],
    [12_340, '12.3 s'],
    [125_000, '2 min 05 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms, 'en')).toBe(text);
  });
});

describe('formatRelativeTime', () => {
  const now = Date.parse('2026-11-24T03:00:00.000Z');
  it('leaves the last seconds to the words of the screen', () => {
    expect(formatRelativeTime('2026-11-24T02:59:57.000Z', now, 'en')).toBeNull();
  });

  it('names the largest unit that fits', () => {
    expect(formatRelativeTime('2026-11-24T02:58:10.000Z', now, 'en')).toMatch(/^1 min/);
    expect(formatRelativeTime('2026-11-21T03:00:00.000Z', now, 'en')).toBe('3 days ago');
  });
});

describe('shortenMiddle', () => {
  it('keeps both ends and never makes a text longer', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (text, keep) => {
        const short = shortenMiddle(text, keep);
        expect(short.length).toBeLessThanOrEqual(Math.max(text.length, keep + 1));
        expect(text.startsWith(short.split('…')[0] ?? '')).toBe(true);
      }),
    );
  });
});

describe('a sentence of the catalogue', () => {
  it('writes its numbers as its language does', () => {
    expect(createI18n().t('common:files', { count: 21_713 })).toBe('21,713 files');
  });
});
