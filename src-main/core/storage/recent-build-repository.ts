import type { Database } from './database.ts';

export type RecentBuild = { readonly path: string; readonly appId: string | null; readonly usedAtMs: number };

export type RecentBuildRepository = {
  /** Newest first. */
  list(): RecentBuild[];
  /** Puts a build on top; an app id that is not known now keeps the one known before. At most `keep` stay. */
  touch(build: RecentBuild, keep: number): void;
  forget(path: string): void;
};

export function createRecentBuildRepository(database: Database): RecentBuildRepository {
  return {
    list: () =>
      database.all<RecentBuild>(
        'SELECT path, app_id AS appId, used_at_ms AS usedAtMs FROM recent_builds ORDER BY used_at_ms DESC, rowid DESC',
      ),
    touch({ path, appId, usedAtMs }, keep) {
      database.transaction(() => {
        const before = database.get<{ appId: string | null }>(
          'SELECT app_id AS appId FROM recent_builds WHERE path = ?',
          path,
        );
        // A new row, not a changed one: within a millisecond the row number tells which came last.
        database.run('DELETE FROM recent_builds WHERE path = ?', path);
        const values = [path, appId ?? before?.appId ?? null, usedAtMs];
        database.run('INSERT INTO recent_builds (path, app_id, used_at_ms) VALUES (?, ?, ?)', ...values);
        database.run(
          `DELETE FROM recent_builds WHERE path NOT IN
             (SELECT path FROM recent_builds ORDER BY used_at_ms DESC, rowid DESC LIMIT ?)`,
          keep,
        );
      });
    },
    forget(path) {
      database.run('DELETE FROM recent_builds WHERE path = ?', path);
    },
  };
}
