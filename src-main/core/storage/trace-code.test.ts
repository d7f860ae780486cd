import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';

import { decodeTrace, encodeTrace, SKIPPED_DETAIL } from './trace-code.ts';

describe('a trace in the log', () => {
  const values = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  );
  const step = fc.oneof(
    fc.record<TraceStep>({ rule: fc.string(), outcome: fc.constant('pass'), detail: fc.string(), values }),
    fc.record<TraceStep>(
      {
        rule: fc.string(),
        outcome: fc.constant('stop'),
        detail: fc.string(),
        values,
        remedy: fc.string(),
        action: fc.constant({ kind: 'offerAgain', deviceId: 'd', version: '1.0.0' } as const),
      },
      { requiredKeys: ['rule', 'outcome', 'detail', 'values'] },
    ),
    fc.string().map((rule): TraceStep => ({ rule, outcome: 'skip', detail: SKIPPED_DETAIL, values: {} })),
  );

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(step), (trace) => {
        expect(decodeTrace(encodeTrace(trace))).toEqual(trace);
      }),
    );
  });

  it('is read in the form of earlier programs too', () => {
    const trace: TraceStep[] = [{ rule: 'a', outcome: 'stop', detail: 'b', values: { c: 1 }, remedy: 'd' }];
    expect(decodeTrace(JSON.stringify(trace))).toEqual(trace);
  });
});
