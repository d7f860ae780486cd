import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';

import { decidingStep } from './deciding-step.ts';

const step = (rule: string, outcome: TraceStep['outcome']): TraceStep => ({ rule, outcome, detail: '', values: {} });

describe('the deciding rule', () => {
  it.each([
    ['the one that stopped', [step('a', 'pass'), step('b', 'stop'), step('c', 'skip')], 'b'],
    ['the last one looked at', [step('a', 'pass'), step('b', 'pass'), step('c', 'skip')], 'b'],
    ['none of none', [], undefined],
  ])('is %s', (_, trace, rule) => {
    expect(decidingStep(trace)?.rule).toBe(rule);
  });
});
