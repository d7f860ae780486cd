import { describe, expect, it } from 'vitest';

import { aChannel } from '#renderer/testing/fixtures.ts';

import { publicChange, publicPlatforms } from './platforms.ts';

const production = aChannel();
const beta = aChannel({ id: 2, name: 'beta', isDefault: false, public: false });

describe('public channels, one for each platform (capgo-server-and-cli.md §8.1)', () => {
  it('are public for the platforms they serve', () => {
    expect(publicPlatforms(aChannel({ electron: false }))).toEqual(['ios', 'android']);
    expect(publicPlatforms(beta)).toEqual([]);
  });

  it.each([
    ['takes over whole', { ...beta, public: true }, ['production'], []],
    [
      'takes over iOS, and leaves the rest without',
      { ...beta, public: true, android: false, electron: false },
      ['production'],
      ['android', 'electron'],
    ],
    ['changes nothing', beta, [], []],
  ])('another one %s', (_, after, unpublished, lost) => {
    const change = publicChange(beta, after, [production, beta]);
    expect(change.unpublished.map(({ name }) => name)).toEqual(unpublished);
    expect(change.lost).toEqual(lost);
  });

  it('that stops being public leaves its platforms without one', () => {
    const change = publicChange(production, { ...production, public: false }, [production, beta]);
    expect(change).toEqual({ unpublished: [], lost: ['ios', 'android', 'electron'] });
  });
});
