import { describe, expect, it } from 'vitest';

import { furthestOutcome, outcomeOf } from './release-outcome.ts';

describe('what a release did on a device', () => {
  it.each([
    [null, 'offered', 'offered'],
    ['offered', 'downloaded', 'downloaded'],
    ['downloaded', 'offered', 'downloaded'],
    ['set', 'downloaded', 'set'],
    ['set', 'failed', 'failed'],
    ['failed', 'offered', 'failed'],
    ['failed', 'downloaded', 'downloaded'],
    ['failed', 'updated', 'updated'],
    ['updated', 'failed', 'updated'],
    ['updated', 'offered', 'updated'],
    ['updated', 'rolled_back', 'rolled_back'],
    ['rolled_back', 'offered', 'rolled_back'],
    ['rolled_back', 'failed', 'rolled_back'],
    ['rolled_back', 'updated', 'updated'],
  ] as const)('was %s, and %s makes it %s', (before, next, expected) => {
    expect(furthestOutcome(before, next)).toBe(expected);
  });

  it('is read from the device state, where that is about a release', () => {
    expect(outcomeOf({ kind: 'rolled_back', version: '1.0.1' })).toEqual({ version: '1.0.1', outcome: 'rolled_back' });
    expect(outcomeOf({ kind: 'failed', version: null, action: 'download_fail' })).toBeNull();
    expect(outcomeOf({ kind: 'refused', code: 'x' })).toBeNull();
  });
});
