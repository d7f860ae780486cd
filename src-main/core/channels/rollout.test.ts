import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decideRollout, type RolloutAnswer, type RolloutDecision, type RolloutQuestion } from './rollout.ts';

const ask = (change: Partial<RolloutQuestion>): RolloutAnswer =>
  decideRollout({
    isEnabled: true,
    isPaused: false,
    percentageBps: 2000,
    isOnRollout: false,
    earlier: null,
    draw: () => 0,
    ...change,
  });

function noDraw(): number {
  throw new Error('this answer needs no draw');
}

const cases: [string, Partial<RolloutQuestion>, boolean, RolloutAnswer['reason']][] = [
  ['disabled', { isEnabled: false, isOnRollout: true, draw: noDraw }, false, 'disabled'],
  [
    '0 %, even for a device that runs it',
    { percentageBps: 0, isOnRollout: true, draw: noDraw },
    false,
    'percentage_zero',
  ],
  ['a device that runs it, paused', { isPaused: true, isOnRollout: true, draw: noDraw }, true, 'already_on_rollout'],
  [
    'a device that runs it but was rejected since, paused',
    { isPaused: true, isOnRollout: true, earlier: { isSelected: false, percentageBps: 2000 }, draw: noDraw },
    false,
    'paused',
  ],
  ['paused', { isPaused: true, draw: noDraw }, false, 'paused'],
  ['a draw just inside', { draw: () => 1999 }, true, 'drawn'],
  ['a draw just outside', { draw: () => 2000 }, false, 'drawn'],
  ['selected, share grew', { earlier: { isSelected: true, percentageBps: 1000 }, draw: noDraw }, true, 'kept'],
  ['rejected, share shrank', { earlier: { isSelected: false, percentageBps: 5000 }, draw: noDraw }, false, 'kept'],
  // 20 % -> 50 %: (5000 - 2000) * 10000 / 8000 = 3750
  [
    'rejected at 20 %, now 50 %, draw 3749',
    { percentageBps: 5000, earlier: { isSelected: false, percentageBps: 2000 }, draw: () => 3749 },
    true,
    'drawn_again',
  ],
  [
    'rejected at 20 %, now 50 %, draw 3750',
    { percentageBps: 5000, earlier: { isSelected: false, percentageBps: 2000 }, draw: () => 3750 },
    false,
    'drawn_again',
  ],
  [
    'selected at 50 %, now 20 %, draw 3999',
    { earlier: { isSelected: true, percentageBps: 5000 }, draw: () => 3999 },
    true,
    'drawn_again',
  ],
  [
    'selected at 50 %, now 20 %, draw 4000',
    { earlier: { isSelected: true, percentageBps: 5000 }, draw: () => 4000 },
    false,
    'drawn_again',
  ],
];

describe('decideRollout (capgo-server-and-cli.md §5.6)', () => {
  it.each(cases)('%s', (_, change, isSelected, reason) => {
    expect(ask(change)).toMatchObject({ isSelected, reason });
  });

  it('keeps the share of selected devices right through any series of percentages', () => {
    const devices = 4000;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 4 }),
        fc.integer(),
        (shares, seed) => {
          const draw = pseudoRandom(seed);
          let decisions: (RolloutDecision | null)[] = Array.from({ length: devices }, () => null);
          for (const percentageBps of shares) {
            decisions = decisions.map((earlier) => ask({ percentageBps, earlier, draw }).remember ?? earlier);
            const selected = decisions.filter((decision) => decision?.isSelected).length / devices;
            // Five standard deviations of a fair draw of this size.
            expect(Math.abs(selected - percentageBps / 10_000)).toBeLessThan(0.04);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never takes a selected device back while the share only grows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 6 }),
        fc.integer(),
        (shares, seed) => {
          const draw = pseudoRandom(seed);
          let earlier: RolloutDecision | null = null;
          for (const percentageBps of shares.toSorted((a, b) => a - b)) {
            const answer: RolloutAnswer = ask({ percentageBps, earlier, draw });
            expect(answer.isSelected).toBe(answer.isSelected || earlier?.isSelected === true);
            earlier = answer.remember ?? earlier;
          }
          expect(ask({ percentageBps: 10_000, earlier, draw }).isSelected).toBe(true);
        },
      ),
    );
  });
});

/** mulberry32: small, seeded, good enough to count with. */
function pseudoRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * 10_000);
  };
}
