import type { TraceStep } from '#contract/models/activity.ts';

/**
 * A trace as the log keeps it. Every check writes one, and their size decides how many checks a second can be
 * committed, so names of fields are left out, and of a rule that was not looked at only its name is kept.
 */
type CodedStep =
  | string
  | readonly [rule: string, isStop: 0 | 1, detail: string, values?: TraceStep['values'], more?: Remedies]
  /** As programs before this form wrote it. */
  | TraceStep;

type Remedies = Pick<TraceStep, 'remedy' | 'action'>;

/** The words of every rule that was not looked at. */
export const SKIPPED_DETAIL = 'Not looked at: an earlier rule decided.';

/**
 * Stands for the id of the row's device, so that devices can share a trace, and what is forgotten of a device is not left
 * in it. JSON writes control characters as escapes, so the text itself never has one.
 */
const DEVICE = '\u0001';

/** Codes traces, one after the other: most steps are as they were in the trace before, and keep their text. */
export type TraceCoder = (trace: readonly TraceStep[], deviceId: string | null) => string;

export function createTraceCoder(): TraceCoder {
  /** The last step of each rule. */
  const known = new Map<string, { readonly step: TraceStep; readonly text: string }>();

  function textOf(step: TraceStep): string {
    const last = known.get(step.rule);
    if (last && isSameStep(last.step, step)) return last.text;
    const text = JSON.stringify(encodeStep(step));
    known.set(step.rule, { step, text });
    return text;
  }

  return (trace, deviceId) => {
    const text = `[${trace.map(textOf).join(',')}]`;
    return deviceId === null || deviceId === '' ? text : text.replaceAll(inJson(deviceId), DEVICE);
  };
}

export function decodeTrace(text: string, deviceId: string | null): TraceStep[] {
  const whole = text.replaceAll(DEVICE, () => inJson(deviceId ?? ''));
  return (JSON.parse(whole) as CodedStep[]).map(decodeStep);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Steps with a remedy are few, and never taken for the same. */
function isSameStep(one: TraceStep, other: TraceStep): boolean {
  if (one.outcome !== other.outcome || one.detail !== other.detail) return false;
  if (one.remedy !== undefined || one.action !== undefined) return false;
  if (other.remedy !== undefined || other.action !== undefined) return false;
  const names = Object.keys(one.values);
  const others = Object.keys(other.values);
  return (
    names.length === others.length &&
    names.every((name, index) => name === others[index] && Object.is(one.values[name], other.values[name]))
  );
}

function encodeStep({ rule, outcome, detail, values, remedy, action }: TraceStep): CodedStep {
  if (outcome === 'skip') return rule;
  const isStop = outcome === 'stop' ? 1 : 0;
  if (remedy !== undefined || action !== undefined) {
    return [
      rule,
      isStop,
      detail,
      values,
      { ...(remedy === undefined ? {} : { remedy }), ...(action ? { action } : {}) },
    ];
  }
  return Object.keys(values).length === 0 ? [rule, isStop, detail] : [rule, isStop, detail, values];
}

function decodeStep(step: CodedStep): TraceStep {
  if (typeof step === 'string') return { rule: step, outcome: 'skip', detail: SKIPPED_DETAIL, values: {} };
  if (!isCoded(step)) return step;
  const [rule, isStop, detail, values = {}, more = {}] = step;
  return { rule, outcome: isStop === 1 ? 'stop' : 'pass', detail, values, ...more };
}

function isCoded(step: Exclude<CodedStep, string>): step is Extract<CodedStep, readonly unknown[]> {
  return Array.isArray(step);
}
