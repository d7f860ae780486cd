import type { Activity } from '#contract/models/activity.ts';
import { type ActivitySentence, describeActivity } from '#contract/texts/activity-texts.ts';

/** A sentence as a row of the log has it: by its code, and in the English words that scripts read and people search. */
export function logged(sentence: ActivitySentence): Required<Pick<Activity, 'summary' | 'sentence'>> {
  return { summary: describeActivity(sentence), sentence };
}
