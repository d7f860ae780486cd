import type { Database } from './database.ts';

/** Removes the oldest rows of an app's log, at most so many, with their payloads. Returns how many. */
export function removeLogRows(database: Database, appId: string, atMost: number): number {
  return database.run(
    'DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE app_id = ? ORDER BY id LIMIT ?)',
    appId,
    atMost,
  ).changes;
}
