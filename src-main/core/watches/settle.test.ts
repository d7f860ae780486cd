import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  afterLook,
  afterVerdict,
  beforeFirstLook,
  PATIENCE_MS,
  QUIET_MS,
  RETRY_MS,
  type Look,
  type SettleState,
  type SettleStep,
  type Verdict,
} from './settle.ts';

const tree = (signature: string): Look => ({ kind: 'tree', signature });
const missing: Look = { kind: 'missing' };

/** Plays looks at their times; each entry is `[atMs, look, verdict if it comes to judging]`. Returns the steps. */
function play(entries: readonly (readonly [number, Look, Verdict?])[]): SettleStep[] {
  let settled: SettleState = beforeFirstLook;
  return entries.map(([atMs, look, verdict = 'done']) => {
    const { state, step } = afterLook(settled, look, atMs);
    settled = step.kind === 'judge' ? afterVerdict(state, verdict, atMs) : state;
    return step;
  });
}

const kinds = (steps: readonly SettleStep[]): string[] =>
  steps.map((step) => (step.kind === 'rest' ? step.as : step.kind));

describe('a watched folder (design/ux.md 1, issue 5 line 5)', () => {
  it('is judged when it was quiet, once', () => {
    const steps = play([
      [0, tree('a')],
      [QUIET_MS - 1, tree('a')],
      [QUIET_MS, tree('a')],
      [QUIET_MS + 10, tree('a')],
      [60_000, tree('a')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'look-again', 'judge', 'waiting', 'waiting']);
    expect(steps[1]).toEqual({ kind: 'look-again', afterMs: 1 });
  });

  it('is not judged while something is written to it', () => {
    const writing = Array.from({ length: 50 }, (_, index) => [index * (QUIET_MS - 1), tree(`${index}`)] as const);
    expect(new Set(kinds(play(writing)))).toEqual(new Set(['look-again']));
  });

  it('has its quiet time anew after it was deleted and made again, also with the same content', () => {
    const steps = play([
      [0, tree('a')],
      [500, tree('a')],
      [600, missing],
      [700, tree('a')],
      [700 + QUIET_MS, tree('a')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'judge', 'missing', 'look-again', 'judge']);
  });

  it('is waited for while it is not whole, and judged for good when the patience ends', () => {
    const steps = play([
      [0, tree('half')],
      [QUIET_MS, tree('half'), 'incomplete'],
      [QUIET_MS + 5, tree('half')],
      [PATIENCE_MS, tree('half')],
      [PATIENCE_MS + 5, tree('half')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'judge', 'look-again', 'judge', 'waiting']);
    expect(steps[1]).toMatchObject({ isLastChance: false });
    expect(steps[2]).toEqual({ kind: 'look-again', afterMs: PATIENCE_MS - QUIET_MS - 5 });
    expect(steps[3]).toMatchObject({ isLastChance: true });
  });

  it('is judged soon when it becomes whole within the patience', () => {
    const steps = play([
      [0, tree('half')],
      [QUIET_MS, tree('half'), 'incomplete'],
      [2000, tree('whole')],
      [2000 + QUIET_MS, tree('whole')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'judge', 'look-again', 'judge']);
  });

  it('begins anew when it changed while it was read', () => {
    const steps = play([
      [0, tree('a')],
      [QUIET_MS, tree('a'), 'changed'],
      [QUIET_MS, tree('a')],
      [2 * QUIET_MS, tree('a')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'judge', 'look-again', 'judge']);
  });

  it('is tried again after a failure that may pass, without a change', () => {
    const steps = play([
      [0, tree('a')],
      [QUIET_MS, tree('a'), 'retry'],
      [QUIET_MS + 1, tree('a')],
      [QUIET_MS + RETRY_MS, tree('a')],
      [QUIET_MS + RETRY_MS + 1, tree('a')],
    ]);
    expect(kinds(steps)).toEqual(['look-again', 'judge', 'look-again', 'judge', 'waiting']);
  });

  it('is never judged twice without a reason, never within its quiet time, and always in the end', () => {
    const verdict = fc.constantFrom<Verdict>('done', 'incomplete', 'changed', 'retry');
    const entry = fc.record({
      waitMs: fc.integer({ min: 1, max: 3000 }),
      look: fc.oneof(fc.constant(missing), fc.constantFrom('a', 'b', 'c').map(tree)),
      verdict,
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        let nowMs = 0;
        let settled: SettleState = beforeFirstLook;
        let changedAtMs = 0;
        let last = '';
        let done = '';
        for (const { waitMs, look, verdict: said } of entries) {
          nowMs += waitMs;
          const name = JSON.stringify(look);
          if (name !== last) {
            changedAtMs = nowMs;
            done = '';
          }
          last = name;
          const { state, step } = afterLook(settled, look, nowMs);
          settled = state;
          if (step.kind !== 'judge') continue;
          expect(nowMs - changedAtMs).toBeGreaterThanOrEqual(QUIET_MS);
          expect(done).not.toBe(name);
          settled = afterVerdict(settled, said, nowMs);
          if (said === 'done') done = name;
        }
        const whole = tree('whole');
        ({ state: settled } = afterLook(settled, whole, nowMs + 1));
        expect(afterLook(settled, whole, nowMs + 1 + QUIET_MS).step.kind).toBe('judge');
      }),
    );
  });
});
