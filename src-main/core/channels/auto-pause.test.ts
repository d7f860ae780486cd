import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { wilsonLowerBound } from '#contract/wilson.ts';

import { decideAutoPause, type AutoPausePolicy } from './auto-pause.ts';

const policy: AutoPausePolicy = {
  isEnabled: true,
  failureRateBps: 2000,
  confidence: 0.95,
  minAttempts: 10,
  minFailures: 3,
  cooldownMs: 3_600_000,
};
const ask = (
  installs: number,
  failures: number,
  change: Partial<AutoPausePolicy> = {},
  lastTriggeredAtMs: number | null = null,
) => decideAutoPause({ policy: { ...policy, ...change }, installs, failures, nowMs: 10_000_000, lastTriggeredAtMs });

describe('decideAutoPause (capgo-server-and-cli.md §7)', () => {
  it.each([
    ['disabled', ask(0, 100, { isEnabled: false }), 'disabled'],
    ['no threshold', ask(0, 100, { failureRateBps: null }), 'no_threshold'],
    ['within the cooldown', ask(0, 100, {}, 9_000_000), 'cooldown'],
    ['after the cooldown', ask(0, 100, {}, 6_000_000), 'reached'],
    ['nine attempts of ten wanted', ask(0, 9), 'too_few_attempts'],
    ['two failures of three wanted', ask(18, 2), 'too_few_failures'],
    ['no failure, no minimum', ask(20, 0, { minFailures: null }), 'too_few_failures'],
    ['3 of 10: the bound is 10.77 %', ask(7, 3), 'below'],
    ['30 of 100: the bound is 21.89 %', ask(70, 30), 'reached'],
  ])('%s', (_, answer, reason) => {
    expect(answer).toMatchObject({ reason, fires: reason === 'reached' });
  });

  it('computes the bound that statistics tables give', () => {
    expect(ask(70, 30).lowerBoundBps).toBe(2189);
    expect(ask(7, 3).lowerBoundBps).toBe(1077);
    expect(wilsonLowerBound(10, 10, 0.95)).toBeCloseTo(0.722_467, 6);
    expect(wilsonLowerBound(1, 10, 0.99)).toBeCloseTo(0.011_871, 4);
  });

  it('stays between nothing and the plain share, and grows with the evidence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (hits, misses, confidence) => {
          const total = hits + misses;
          const bound = wilsonLowerBound(hits, total, confidence);
          expect(bound).toBeGreaterThanOrEqual(0);
          expect(bound).toBeLessThanOrEqual(hits / total + 1e-9);
          expect(wilsonLowerBound(hits * 10, total * 10, confidence)).toBeGreaterThanOrEqual(bound - 1e-9);
        },
      ),
    );
  });
});
