import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Activity } from '#contract/models/activity.ts';

import type { ActivityFilter, ActivityPage } from '../storage/activity-repository.ts';
import { searchLog } from './search-log.ts';

type Page = ActivityPage & { readonly isForward?: boolean };

/** A log of ids alone; the filter's text is what an id has to end with. */
function logOf(ids: readonly number[]) {
  const found = (
    { text = '' }: ActivityFilter,
    { beforeId = Infinity, afterId = 0 }: Partial<ActivityPage>,
  ): number[] => ids.filter((id) => String(id).endsWith(text) && id < beforeId && id > afterId);
  return {
    firstId: () => ids[0] ?? 0,
    lastId: () => ids.at(-1) ?? 0,
    count: (filter: ActivityFilter, within: Partial<ActivityPage> = {}) => found(filter, within).length,
    list(filter: ActivityFilter, page: Page) {
      const { limit, afterId, beforeId, isForward = afterId !== undefined && beforeId === undefined } = page;
      const rows = found(filter, { ...(afterId && { afterId }), ...(beforeId && { beforeId }) });
      return (isForward ? rows.slice(0, limit) : rows.slice(-limit)).map((id) => ({ id }) as Activity);
    },
  };
}

it('finds what one question about the whole log finds, window by window', async () => {
  const id = fc.integer({ min: 1, max: 30_000 });
  const page = fc.record(
    { limit: fc.integer({ min: 1, max: 20 }), beforeId: id, afterId: id, text: fc.constantFrom('', '7', '00') },
    { requiredKeys: ['limit'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(id, { maxLength: 60 }), page, async (given, input) => {
      const log = logOf(given.toSorted((left, right) => left - right));
      const { rows, total } = await searchLog(log, input);
      expect(rows).toEqual(log.list(input, input));
      expect(total).toBe(log.count(input));
    }),
  );
});
