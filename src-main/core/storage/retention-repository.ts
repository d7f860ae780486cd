import type { Retention } from '#contract/models/storage.ts';

import type { Database } from './database.ts';

/** How long apps keep their releases; an app that never said keeps everything. */
export type RetentionRepository = {
  get(appId: string): Retention;
  set(appId: string, retention: Retention): void;
  /** Apps that do not keep everything. */
  limited(): string[];
};

export function createRetentionRepository(database: Database): RetentionRepository {
  return {
    get: (appId) =>
      database.get<Retention>(
        'SELECT keep_count AS keepCount, keep_days AS keepDays FROM retention WHERE app_id = ?',
        appId,
      ) ?? { keepCount: null, keepDays: null },
    set(appId, { keepCount, keepDays }) {
      database.run(
        'INSERT OR REPLACE INTO retention (app_id, keep_count, keep_days) VALUES (?, ?, ?)',
        appId,
        keepCount,
        keepDays,
      );
    },
    limited: () =>
      database
        .all<{ appId: string }>(
          'SELECT app_id AS appId FROM retention WHERE keep_count IS NOT NULL OR keep_days IS NOT NULL',
        )
        .map(({ appId }) => appId),
  };
}
