import type { Activity } from '#contract/models/activity.ts';

import type { ActivityFilter, ActivityPage, ActivityRepository } from '../storage/activity-repository.ts';
import { visitInTurns } from '../visit-in-turns.ts';

/** Rows that are looked at in one go: searching them for a text takes about 2 ms. */
const WINDOW_ROWS = 4000;

type SearchedLog = Pick<ActivityRepository, 'list' | 'count' | 'firstId' | 'lastId'>;

/**
 * A page of the log and how many rows its filter finds, whatever the page. A filter may look at every row of a log that
 * is as long as people want it, so it is gone through window by window. Rows that come meanwhile are not in it.
 */
export async function searchLog(
  activity: SearchedLog,
  input: ActivityFilter & ActivityPage,
): Promise<{ rows: Activity[]; total: number }> {
  const { limit, beforeId = Infinity, afterId = 0 } = input;
  const isForward = input.afterId !== undefined && input.beforeId === undefined;
  const rows: Activity[] = [];
  let total = 0;
  const windows = windowsOf(activity.firstId(), activity.lastId(), isForward);
  const look = (window: Window): void => {
    total += activity.count(input, window);
    const within = {
      afterId: Math.max(window.afterId, afterId),
      beforeId: Math.min(window.beforeId, beforeId),
    };
    const left = limit - rows.length;
    if (left <= 0 || within.afterId + 1 >= within.beforeId) return;
    const found = activity.list(input, { limit: left, ...within, isForward });
    if (isForward) rows.push(...found);
    else rows.unshift(...found);
  };
  await visitInTurns(windows, look, { itemsBetweenLooks: 1 });
  return { rows, total };
}

type Window = { readonly afterId: number; readonly beforeId: number };

/** From the newest rows on, or from the oldest. */
function* windowsOf(firstId: number, lastId: number, isForward: boolean): Generator<Window> {
  const count = Math.ceil((lastId - firstId + 1) / WINDOW_ROWS);
  for (let index = 0; index < count; index += 1) {
    const from = firstId - 1 + (isForward ? index : count - 1 - index) * WINDOW_ROWS;
    yield { afterId: from, beforeId: Math.min(from + WINDOW_ROWS, lastId) + 1 };
  }
}
