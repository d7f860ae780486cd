import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readAutoPauseReason, writeAutoPauseReason } from './auto-pause-reason.ts';

describe('why auto-pause stopped a rollout', () => {
  it('is a sentence', () => {
    const reason = { failures: 4, attempts: 20, windowMinutes: 60, lowerBoundBps: 806 };
    expect(writeAutoPauseReason(reason)).toBe('4 of 20 devices failed within 60 min; the true share is at least 8.1 %');
  });

  it('is read again, to a tenth of a percent', () => {
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(count, count, count, fc.nat({ max: 1_000 }), (failures, attempts, windowMinutes, tenths) => {
        const reason = { failures, attempts, windowMinutes, lowerBoundBps: tenths * 10 };
        expect(readAutoPauseReason(writeAutoPauseReason(reason))).toEqual(reason);
      }),
    );
  });

  it.each(['', 'looks bad', '4 of 20 failed'])('does not take a person’s own words for it: %j', (text) => {
    expect(readAutoPauseReason(text)).toBeNull();
  });
});
