import type { Activity } from '#contract/models/activity.ts';
import { describeStat, translateStat } from '#contract/texts/stat-texts.ts';

import { statLanguageOf } from './failure-text.ts';

/**
 * What a row of the log tells, in the person's language. The core writes English sentences; reports of devices, which
 * are most rows, are told anew. Answers of the server keep the words that the device was answered with.
 */
export function activitySentence(row: Activity, language: string): string {
  const words = statLanguageOf(language);
  if (words === null || row.kind !== 'stats' || row.action === null) return row.summary;
  return translateStat(row.action, row.version, words).sentence;
}

/** What most often leads to a reported failure and what helps; null where nothing is known. */
export function statCause(action: string, version: string | null, language: string): string | null {
  const words = statLanguageOf(language);
  return (words === null ? describeStat(action, version) : translateStat(action, version, words)).cause;
}
