import type { Activity } from '#contract/models/activity.ts';
import { describeStat, translateStat } from '#contract/texts/stat-texts.ts';

import { loggedSentence, statLanguageOf } from './failure-text.ts';

/** What a row of the log tells, in the person's language; in English where an older program wrote nothing but that. */
export function activitySentence(row: Activity, language: string): string {
  const words = statLanguageOf(language);
  if (words === null) return row.summary;
  const { sentence } = row;
  if (row.kind !== 'stats' || row.action === null) {
    return sentence === undefined ? row.summary : loggedSentence(sentence, language);
  }
  const version = sentence?.params['version'] ?? row.version;
  const stat = translateStat(row.action, version === null ? null : String(version), words).sentence;
  if (sentence === undefined) return stat;
  return loggedSentence({ code: sentence.code, params: { ...sentence.params, stat } }, language);
}

/** What most often leads to a reported failure and what helps; null where nothing is known. */
export function statCause(action: string, version: string | null, language: string): string | null {
  const words = statLanguageOf(language);
  return (words === null ? describeStat(action, version) : translateStat(action, version, words)).cause;
}
