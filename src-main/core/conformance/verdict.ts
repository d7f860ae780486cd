import type { ConformanceCheck } from '#contract/models/conformance.ts';

import type { Exchanged, Facts } from './facts.ts';

export type Verdict = Pick<ConformanceCheck, 'status' | 'detail'>;

/** A row of protocol/clients.md §13 and how it is judged. Pure. */
export type Row = {
  /** Its number there. */
  readonly row: number;
  readonly title: string;
  readonly judge: (facts: Facts) => Verdict;
};

export const ok = (detail: string): Verdict => ({ status: 'ok', detail });
export const failed = (detail: string): Verdict => ({ status: 'failed', detail });
export const skipped = (detail: string): Verdict => ({ status: 'skipped', detail });

/** Ok when nothing is wrong, else what is. */
export function judged(problems: readonly (string | null)[], fine: string): Verdict {
  const found = problems.filter((problem) => problem !== null);
  return found.length === 0 ? ok(fine) : failed(found.slice(0, 3).join(' '));
}

/** What an exchange was answered, for people. */
export function answerOf({ status, text, problem }: Exchanged): string {
  if (status === null) return `no answer (${problem ?? 'unknown'})`;
  return `HTTP ${status} ${text.length > 200 ? `${text.slice(0, 200)}…` : text || '(empty)'}`;
}

export const NOTHING_OFFERED =
  'Nothing was offered. Needed: a release newer than the device on the channel that a new device gets.';
