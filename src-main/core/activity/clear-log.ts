import { BULK_WEIGHT, type Database } from '../storage/database.ts';
import { removeLogRows } from '../storage/log-rows.ts';

/** Rows removed in one turn of the event loop: about 4 ms. */
const ROWS_AT_ONCE = 300;

/**
 * Removes what an app's log has, a few rows at a time: phones are served meanwhile, whose rows may stay. Returns how many
 * went. Should it be cut off, the rest is still there.
 */
export async function clearLog(database: Database, appId: string): Promise<number> {
  let removed = 0;
  for (let count = ROWS_AT_ONCE; count === ROWS_AT_ONCE; removed += count) {
    count = await database.enqueueWrite(() => removeLogRows(database, appId, ROWS_AT_ONCE), BULK_WEIGHT);
  }
  return removed;
}
