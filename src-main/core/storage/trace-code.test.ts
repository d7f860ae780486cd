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
      fc.property(fc.array(step), fc.option(fc.string({ maxLength: 3 })), (trace, deviceId) => {
        expect(decodeTrace(encodeTrace(trace, deviceId), deviceId)).toEqual(trace);
      }),
    );
  });

  it('is the same text for every device', () => {
    const of = (deviceId: string): TraceStep[] => [
      { rule: 'a', outcome: 'pass', detail: `Sent by ${deviceId}.`, values: { device_id: deviceId } },
    ];
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.string({ minLength: 8, unit: 'binary' }), (one, other, strange) => {
        const text = encodeTrace(of(one), one);
        expect(text).not.toContain(one);
        expect(encodeTrace(of(other), other)).toBe(text);
        expect(decodeTrace(encodeTrace(of(strange), strange), strange)).toEqual(of(strange));
      }),
    );
  });

  it('is read in the form of earlier programs too', () => {
    const trace: TraceStep[] = [{ rule: 'a', outcome: 'stop', detail: 'b', values: { c: 1 }, remedy: 'd' }];
    expect(decodeTrace(JSON.stringify(trace), 'd')).toEqual(trace);
  });
});
