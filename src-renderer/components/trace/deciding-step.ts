import type { TraceStep } from '#contract/models/activity.ts';

/** The rule that decided: the one that stopped the update, else the last that was looked at. */
export function decidingStep(trace: readonly TraceStep[]): TraceStep | undefined {
  return trace.find(({ outcome }) => outcome === 'stop') ?? trace.findLast(({ outcome }) => outcome === 'pass');
}
