import type { WatchResult } from '#contract/models/watch.ts';

import type { Database } from './database.ts';

/** What of the results of a watch outlives the program. */
export type StoredWatchResults = {
  readonly last: WatchResult | null;
  readonly lastPublish: { readonly at: string; readonly releaseId: string; readonly version: string } | null;
};

export type WatchRecord = {
  readonly watchId: string;
  readonly appId: string;
  /** Absolute, as it was given. */
  readonly path: string;
  /** Null for the app's default channel. */
  readonly channel: string | null;
  readonly keyFingerprint: string | null;
  readonly hasDelta: boolean;
  readonly allowWarnings: boolean;
  readonly isOn: boolean;
  /** The content that was dealt with last; null before the first. */
  readonly treeSha256: string | null;
  readonly results: StoredWatchResults;
  readonly createdAtMs: number;
};

type WatchRow = Omit<WatchRecord, 'hasDelta' | 'allowWarnings' | 'isOn' | 'results'> & {
  readonly hasDelta: number;
  readonly allowWarnings: number;
  readonly isOn: number;
  readonly resultJson: string | null;
};

export type WatchRepository = {
  /** Inserts or overwrites. */
  save(watch: WatchRecord): void;
  get(watchId: string): WatchRecord | undefined;
  find(appId: string, path: string): WatchRecord | undefined;
  /** Oldest first. */
  list(): WatchRecord[];
  remove(watchId: string): void;
};

const select = `
  SELECT watch_id AS watchId, app_id AS appId, path, channel, key_fingerprint AS keyFingerprint, has_delta AS hasDelta,
         allow_warnings AS allowWarnings, is_on AS isOn, tree_sha256 AS treeSha256, result_json AS resultJson,
         created_at_ms AS createdAtMs
  FROM watches`;

export function createWatchRepository(database: Database): WatchRepository {
  const first = (where: string, ...values: string[]): WatchRecord | undefined => {
    const row = database.get<WatchRow>(`${select} WHERE ${where}`, ...values);
    return row && toRecord(row);
  };
  return {
    save(watch) {
      database.run(
        `INSERT INTO watches (watch_id, app_id, path, channel, key_fingerprint, has_delta, allow_warnings, is_on,
                              tree_sha256, result_json, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (watch_id) DO UPDATE SET
           channel = excluded.channel, key_fingerprint = excluded.key_fingerprint, has_delta = excluded.has_delta,
           allow_warnings = excluded.allow_warnings, is_on = excluded.is_on, tree_sha256 = excluded.tree_sha256,
           result_json = excluded.result_json`,
        watch.watchId,
        watch.appId,
        watch.path,
        watch.channel,
        watch.keyFingerprint,
        watch.hasDelta ? 1 : 0,
        watch.allowWarnings ? 1 : 0,
        watch.isOn ? 1 : 0,
        watch.treeSha256,
        JSON.stringify(watch.results),
        watch.createdAtMs,
      );
    },
    get: (watchId) => first('watch_id = ?', watchId),
    find: (appId, path) => first('app_id = ? AND path = ?', appId, path),
    list: () => database.all<WatchRow>(`${select} ORDER BY created_at_ms, rowid`).map(toRecord),
    remove(watchId) {
      database.run('DELETE FROM watches WHERE watch_id = ?', watchId);
    },
  };
}

function toRecord({ hasDelta, allowWarnings, isOn, resultJson, ...rest }: WatchRow): WatchRecord {
  return {
    ...rest,
    hasDelta: hasDelta === 1,
    allowWarnings: allowWarnings === 1,
    isOn: isOn === 1,
    results: resultJson === null ? { last: null, lastPublish: null } : (JSON.parse(resultJson) as StoredWatchResults),
  };
}
