import type { Activity, ActivityKind, ActivityOutcome } from '#contract/models/activity.ts';
import { TRANSFER_BROKEN } from '#contract/models/figures.ts';
import { activitySentence } from '#renderer/i18n/activity-text.ts';

import type { LogWords } from './log-words.ts';

export type LogFilter = {
  /** Empty: every kind. */
  readonly kinds: readonly ActivityKind[];
  /** Empty: every outcome. */
  readonly outcomes: readonly ActivityOutcome[];
  readonly deviceId: string | null;
  /** Words that all have to occur. */
  readonly text: string;
};

export const noFilter: LogFilter = { kinds: [], outcomes: [], deviceId: null, text: '' };

/** The rows that tell of one cause of failure. */
export function filterOfCause(cause: string): LogFilter {
  return cause === TRANSFER_BROKEN
    ? { ...noFilter, kinds: ['download'], outcomes: ['failed'] }
    : { ...noFilter, kinds: ['stats'], text: cause };
}

export function isFiltering({ kinds, outcomes, deviceId, text }: LogFilter): boolean {
  return kinds.length > 0 || outcomes.length > 0 || deviceId !== null || text.trim() !== '';
}

/**
 * Whether rows match a filter. `nameOf` gives the name a person knows a device by, `textOf` what its words are looked for
 * in, in lower case.
 */
export function matcherOf(
  filter: LogFilter,
  nameOf: (deviceId: string) => string,
  textOf: (row: Activity) => string,
): (row: Activity) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = new Set(filter.kinds);
  const outcomes = new Set(filter.outcomes);
  const hasWords = (row: Activity): boolean => {
    const text = textOf(row);
    const name = row.deviceId === null ? '' : nameOf(row.deviceId).toLowerCase();
    return words.every((word) => text.includes(word) || name.includes(word));
  };
  return (row) =>
    (kinds.size === 0 || kinds.has(row.kind)) &&
    (outcomes.size === 0 || outcomes.has(row.outcome)) &&
    (filter.deviceId === null || row.deviceId === filter.deviceId) &&
    (words.length === 0 || hasWords(row));
}

/**
 * What a row shows in the person's language, and the codes behind it, in lower case. Each is made once: a filter that is
 * typed looks through every row at each key.
 */
export function rowTexts({ language, kinds, outcomes }: SearchWords): (row: Activity) => string {
  const texts = new WeakMap<Activity, string>();
  return (row) => {
    const known = texts.get(row);
    if (known !== undefined) return known;
    const shown = [activitySentence(row, language), kinds[row.kind], outcomes[row.outcome]];
    const facts = [row.kind, row.action, row.version, row.deviceId, row.remoteAddress, row.status];
    const text = [...shown, ...facts].join('\n').toLowerCase();
    texts.set(row, text);
    return text;
  };
}

type SearchWords = Pick<LogWords, 'language' | 'kinds' | 'outcomes'>;
