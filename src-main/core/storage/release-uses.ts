import type { Database } from './database.ts';

/**
 * What keeps a release from being deleted: one query each, of the releases that something points at, with the app.
 * Whoever lets something else point at a release adds a query here.
 */
const uses = [
  `SELECT app_id, release_id FROM channels WHERE release_id IS NOT NULL`,
  `SELECT app_id, rollout_release_id AS release_id FROM channels WHERE rollout_release_id IS NOT NULL`,
  `SELECT app_id, override_release_id AS release_id FROM devices WHERE override_release_id IS NOT NULL`,
] as const satisfies readonly string[];

/** Ids of an app's releases that a channel, a rollout or a device's override offers. */
export function releasesInUse(database: Database, appId: string): ReadonlySet<string> {
  const rows = database.all<{ releaseId: string }>(
    `SELECT DISTINCT release_id AS releaseId FROM (${uses.join(' UNION ALL ')}) WHERE app_id = ?`,
    appId,
  );
  return new Set(rows.map(({ releaseId }) => releaseId));
}
