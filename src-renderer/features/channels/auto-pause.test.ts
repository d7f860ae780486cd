import { describe, expect, it } from 'vitest';

import { aChannel } from '#renderer/testing/fixtures.ts';

import { exampleOf } from './auto-pause.ts';

const policy = { ...aChannel().autoPause, enabled: true, failureRateBps: 1_000 };

describe('an auto-pause policy as an example (capgo-server-and-cli.md §7)', () => {
  it.each([
    ['the bound of 5 of 20 is 11.18 %, of 4 of 20 8.06 %', { minAttempts: 20 }, { attempts: 20, failures: 5 }],
    ['no number of devices: twenty', {}, { attempts: 20, failures: 5 }],
    ['more failures wanted than the share needs', { minAttempts: 20, minFailures: 9 }, { attempts: 20, failures: 9 }],
    ['one device alone proves nothing', { minAttempts: 1, failureRateBps: 5_000 }, { attempts: 1, failures: null }],
    ['no share: nothing is enough', { failureRateBps: null }, { attempts: 20, failures: null }],
  ])('%s', (_, change, example) => {
    expect(exampleOf({ ...policy, ...change })).toEqual(example);
  });
});
