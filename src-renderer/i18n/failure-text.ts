import { ApiError, type ErrorCode, type WireError } from '#contract/errors.ts';
import type { TraceStep } from '#contract/models/activity.ts';
import type { CostHint, CostHintCode } from '#contract/models/delta.ts';
import type { Finding, FindingCode } from '#contract/models/finding.ts';
import type { DoctorCheck } from '#contract/models/server.ts';
import type { StorageFinding, StorageFindingCode } from '#contract/models/storage.ts';
import { type ActivityCode, type ActivitySentence, activityTexts } from '#contract/texts/activity-texts.ts';
import { costTexts } from '#contract/texts/cost-texts.ts';
import { type DoctorCode, type DoctorSentences, doctorTexts, isDoctorCode } from '#contract/texts/doctor-texts.ts';
import { errorTexts } from '#contract/texts/error-texts.ts';
import { fill, type Sentences } from '#contract/texts/fill.ts';
import { findingTexts } from '#contract/texts/finding-texts.ts';
import { type SimulationCode, type SimulationSentence, simulationTexts } from '#contract/texts/simulation-texts.ts';
import type { StatLanguage } from '#contract/texts/stat-texts.ts';
import { storageTexts, versionsText } from '#contract/texts/storage-texts.ts';

import { unitsOf } from './units-of.ts';

type FindingSentences = { readonly message: string; readonly fix: string };

/** Sentences on a step of an update decision; null for steps that there are no words for. */
type TraceTexts = (step: TraceStep) => { readonly detail: string; readonly remedy?: string } | null;

/** The sentences of errors, findings, decisions and reports of devices in one language. */
export type FailureTexts = {
  readonly errors: Readonly<Record<ErrorCode, Sentences>>;
  readonly findings: Readonly<Record<FindingCode, FindingSentences>>;
  readonly storage: Readonly<Record<StorageFindingCode, FindingSentences>>;
  /** What the log tells. */
  readonly activity: Readonly<Record<ActivityCode, string>>;
  /** What virtual devices do. */
  readonly simulation: Readonly<Record<SimulationCode, string>>;
  /** What the doctor finds. */
  readonly doctor: Readonly<Record<DoctorCode, DoctorSentences>>;
  /** What makes a download heavier than it need be. */
  readonly costHints: Readonly<Record<CostHintCode, FindingSentences>>;
  /** What devices report; null in the language that the core itself speaks. */
  readonly stats: StatLanguage | null;
  /** Why devices are answered what they are; null likewise. */
  readonly trace: TraceTexts | null;
};

const english: FailureTexts = {
  errors: errorTexts,
  findings: findingTexts,
  storage: storageTexts,
  activity: activityTexts,
  simulation: simulationTexts,
  doctor: doctorTexts,
  costHints: costTexts,
  stats: null,
  trace: null,
};
const byLanguage = new Map<string, FailureTexts>([['en', english]]);

/** Makes a language's sentences known, before the first screen is drawn in it. */
export function addFailureTexts(language: string, texts: FailureTexts): void {
  byLanguage.set(language, texts);
}

/** Whatever was thrown, as a failure of the contract. */
export function toWireError(error: unknown): WireError {
  if (error instanceof ApiError) {
    return {
      code: error.code,
      params: { ...error.params },
      ...(error.traceId === undefined ? {} : { traceId: error.traceId }),
    };
  }
  return { code: 'INTERNAL', params: {} };
}

/** What happened and what to do, in the person's language. */
export function errorSentences({ code, params, traceId }: WireError, language: string): Sentences {
  const { message, hint } = textsOf(language).errors[code];
  const values = { ...params, traceId };
  return { message: fill(message, values, unitsOf(language)), hint: fill(hint, values, unitsOf(language)) };
}

export function storageSentences({ code, params, releases }: StorageFinding, language: string): FindingSentences {
  const { message, fix } = textsOf(language).storage[code];
  const values = { ...params, versions: versionsText(releases) };
  return { message: fill(message, values, unitsOf(language)), fix: fill(fix, values, unitsOf(language)) };
}

export function findingSentences({ code, params }: Finding, language: string): FindingSentences {
  const { message, fix } = textsOf(language).findings[code];
  return { message: fill(message, params, unitsOf(language)), fix: fill(fix, params, unitsOf(language)) };
}

export function costHintSentences({ code, params }: CostHint, language: string): FindingSentences {
  const { message, fix } = textsOf(language).costHints[code];
  return { message: fill(message, params, unitsOf(language)), fix: fill(fix, params, unitsOf(language)) };
}

/** What a check of the doctor found and what helps; a failure that it came upon has the sentences of that failure. */
export function doctorSentences({ code, params }: DoctorCheck, language: string): DoctorSentences {
  if (!isDoctorCode(code)) {
    const { message, hint } = errorSentences({ code, params }, language);
    return { message, fix: hint };
  }
  const { message, fix } = textsOf(language).doctor[code];
  const units = unitsOf(language);
  return { message: fill(message, params, units), ...(fix === undefined ? {} : { fix: fill(fix, params, units) }) };
}

export function loggedSentence({ code, params }: ActivitySentence, language: string): string {
  return fill(textsOf(language).activity[code], params, unitsOf(language));
}

export function simulationSentence({ code, params }: SimulationSentence, language: string): string {
  return fill(textsOf(language).simulation[code], params, unitsOf(language));
}

/** Null for English. */
export function statLanguageOf(language: string): StatLanguage | null {
  return textsOf(language).stats;
}

/** Null for English. */
export function traceTextsOf(language: string): TraceTexts | null {
  return textsOf(language).trace;
}

function textsOf(language: string): FailureTexts {
  return byLanguage.get(language) ?? english;
}
