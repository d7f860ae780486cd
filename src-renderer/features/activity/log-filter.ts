import type { Activity, ActivityKind, ActivityOutcome } from '#contract/models/activity.ts';
import { TRANSFER_BROKEN } from '#contract/models/figures.ts';

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

/** Whether rows match a filter. `nameOf` gives the name a person knows a device by. */
export function matcherOf(filter: LogFilter, nameOf: (deviceId: string) => string): (row: Activity) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = new Set(filter.kinds);
  const outcomes = new Set(filter.outcomes);
  return (row) =>
    (kinds.size === 0 || kinds.has(row.kind)) &&
    (outcomes.size === 0 || outcomes.has(row.outcome)) &&
    (filter.deviceId === null || row.deviceId === filter.deviceId) &&
    (words.length === 0 || hasWords(row, words, nameOf));
}

function hasWords(row: Activity, words: readonly string[], nameOf: (deviceId: string) => string): boolean {
  const text = searchableText(row);
  const name = row.deviceId === null ? '' : nameOf(row.deviceId).toLowerCase();
  return words.every((word) => text.includes(word) || name.includes(word));
}

/** Lower-case text of each row, made once: a filter that is typed looks through every row at each key. */
const texts = new WeakMap<Activity, string>();

function searchableText(row: Activity): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const facts = [row.summary, row.kind, row.action, row.version, row.deviceId, row.remoteAddress, row.status];
  const text = facts.join('\n').toLowerCase();
  texts.set(row, text);
  return text;
}
