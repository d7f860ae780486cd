import type { TraceStep } from '#contract/models/activity.ts';

import { traceTextsOf } from './failure-text.ts';

/** What the core says in English about a step of a decision, in another language; null where there are no words for it. */
export type StepSentences = { readonly detail: string; readonly remedy?: string } | null;

/** Null for English, and for steps that a language has no words for. */
export function stepSentences(step: TraceStep, language: string): StepSentences {
  return traceTextsOf(language)?.(step) ?? null;
}
