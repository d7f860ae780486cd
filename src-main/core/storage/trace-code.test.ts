import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { TraceStep } from '#contract/models/activity.ts';

import { createTraceCoder, decodeTrace, SKIPPED_DETAIL } from './trace-code.ts';

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
        expect(decodeTrace(createTraceCoder()(trace, deviceId), deviceId)).toEqual(trace);
      }),
    );
  });

  it('is the same text whatever traces were coded before it', () => {
    const few = fc.constantFrom('a', 'b', 'c', '');
    const fewValues = fc.dictionary(few, fc.constantFrom('a', 'b', 0, -0, 1, true, null));
    const fewSteps = fc.record<TraceStep>(
      {
        rule: few,
        outcome: fc.constantFrom('pass', 'stop', 'skip'),
        detail: few,
        values: fewValues,
        remedy: few,
        action: few.map((deviceId) => ({ kind: 'offerAgain', deviceId, version: '1.0.0' }) as const),
      },
      { requiredKeys: ['rule', 'outcome', 'detail', 'values'] },
    );
    fc.assert(
      fc.property(fc.array(fc.array(fewSteps)), fc.option(few), (traces, deviceId) => {
        const encode = createTraceCoder();
        for (const trace of traces) expect(encode(trace, deviceId)).toBe(createTraceCoder()(trace, deviceId));
      }),
    );
  });

  it('is the same text for every device', () => {
    const of = (deviceId: string): TraceStep[] => [
      { rule: 'a', outcome: 'pass', detail: `Sent by ${deviceId}.`, values: { device_id: deviceId } },
    ];
    const encodeTrace = createTraceCoder();
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
