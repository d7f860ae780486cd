import type { Database } from './database.ts';

export type AppRecord = {
  readonly appId: string;
  readonly name: string;
  readonly token: string;
  readonly createdAtMs: number;
};

export type AppRecordWithCounts = AppRecord & {
  readonly releaseCount: number;
  readonly deviceCount: number;
  /** Name of the remembered key; null when there is none. */
  readonly keyName: string | null;
};

/** Tables keyed by app id. */
export type AppRepository = {
  /** False when the app id is taken. */
  insert(app: AppRecord): boolean;
  get(appId: string): AppRecordWithCounts | undefined;
  /** By name, then id. */
  list(): AppRecordWithCounts[];
  /** Every app id with its pairing token. */
  tokens(): { readonly appId: string; readonly token: string }[];
  rename(appId: string, name: string): void;
  setToken(appId: string, token: string): void;
  /** The key that the next release is offered to be encrypted with; null after a plain one. */
  rememberKey(appId: string, keyFingerprint: string | null): void;
  /** The app with its releases, channels, devices and log, in one transaction. */
  remove(appId: string): { readonly releases: number; readonly devices: number };
  /** Distinct native versions that its devices report, in no order. */
  nativeVersions(appId: string): string[];
};

const columns = `
  app_id AS appId, name, token, created_at_ms AS createdAtMs,
  (SELECT count(*) FROM releases r WHERE r.app_id = a.app_id AND r.state = 'ready' AND r.deleted_at_ms IS NULL) AS releaseCount,
  (SELECT count(*) FROM devices d WHERE d.app_id = a.app_id) AS deviceCount,
  (SELECT k.name FROM keys k WHERE k.fingerprint = a.key_fingerprint) AS keyName`;

export function createAppRepository(database: Database): AppRepository {
  return {
    insert({ appId, name, token, createdAtMs }) {
      const sql = `INSERT INTO apps (app_id, name, token, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (app_id) DO NOTHING`;
      return database.run(sql, appId, name, token, createdAtMs).changes === 1;
    },
    get: (appId) => database.get<AppRecordWithCounts>(`SELECT ${columns} FROM apps a WHERE app_id = ?`, appId),
    list: () => database.all<AppRecordWithCounts>(`SELECT ${columns} FROM apps a ORDER BY name COLLATE NOCASE, app_id`),
    tokens: () => database.all<{ appId: string; token: string }>('SELECT app_id AS appId, token FROM apps'),
    rename(appId, name) {
      database.run('UPDATE apps SET name = ? WHERE app_id = ?', name, appId);
    },
    rememberKey(appId, keyFingerprint) {
      database.run('UPDATE apps SET key_fingerprint = ? WHERE app_id = ?', keyFingerprint, appId);
    },
    setToken(appId, token) {
      database.run('UPDATE apps SET token = ? WHERE app_id = ?', token, appId);
    },
    remove(appId) {
      return database.transaction(() => {
        const counts = database.get<{ releases: number; devices: number }>(
          `SELECT
             (SELECT count(*) FROM releases WHERE app_id = ?1 AND state = 'ready' AND deleted_at_ms IS NULL) AS releases,
             (SELECT count(*) FROM devices WHERE app_id = ?1) AS devices`,
          appId,
        );
        database.run('DELETE FROM activity WHERE app_id = ?', appId);
        database.run('DELETE FROM shared_traces WHERE of_app_id = ?', appId);
        // Before the channels and releases that they are tied to.
        database.run('DELETE FROM devices WHERE app_id = ?', appId);
        database.run('DELETE FROM channels WHERE app_id = ?', appId);
        database.run('DELETE FROM apps WHERE app_id = ?', appId);
        return counts ?? { releases: 0, devices: 0 };
      });
    },
    nativeVersions: (appId) =>
      database
        .all<{
          version: string;
        }>(
          'SELECT DISTINCT native_version AS version FROM devices WHERE app_id = ? AND native_version IS NOT NULL',
          appId,
        )
        .map(({ version }) => version),
  };
}
