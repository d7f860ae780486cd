import type { Database } from './database.ts';

export type KeyRotationRecord = {
  readonly appId: string;
  readonly oldFingerprint: string;
  readonly newFingerprint: string;
  /** Folder of the Capacitor project whose config is to have the new key. */
  readonly projectDir: string | null;
  /** A person said that it is done where nothing here can see it. */
  readonly configDoneAtMs: number | null;
  readonly nativeDoneAtMs: number | null;
  readonly startedAtMs: number;
};

export type KeyRotationRepository = {
  get(appId: string): KeyRotationRecord | undefined;
  /** Oldest first. */
  list(): KeyRotationRecord[];
  /** Inserts or replaces. */
  save(rotation: KeyRotationRecord): void;
  /** False when there was none. */
  remove(appId: string): boolean;
  /** Version of a release made with this key that a channel of the app offers now. */
  liveVersion(appId: string, fingerprint: string): string | null;
};

const select = `
  SELECT app_id AS appId, old_fingerprint AS oldFingerprint, new_fingerprint AS newFingerprint,
         project_dir AS projectDir, config_done_at_ms AS configDoneAtMs, native_done_at_ms AS nativeDoneAtMs,
         started_at_ms AS startedAtMs
  FROM key_rotations`;

export function createKeyRotationRepository(database: Database): KeyRotationRepository {
  return {
    get: (appId) => database.get<KeyRotationRecord>(`${select} WHERE app_id = ?`, appId),
    list: () => database.all<KeyRotationRecord>(`${select} ORDER BY started_at_ms, app_id`),
    save(rotation) {
      database.run(
        `INSERT OR REPLACE INTO key_rotations (app_id, old_fingerprint, new_fingerprint, project_dir,
                                               config_done_at_ms, native_done_at_ms, started_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        rotation.appId,
        rotation.oldFingerprint,
        rotation.newFingerprint,
        rotation.projectDir,
        rotation.configDoneAtMs,
        rotation.nativeDoneAtMs,
        rotation.startedAtMs,
      );
    },
    remove: (appId) => database.run('DELETE FROM key_rotations WHERE app_id = ?', appId).changes > 0,
    liveVersion(appId, fingerprint) {
      const row = database.get<{ version: string }>(
        `SELECT releases.version FROM channels JOIN releases ON releases.release_id = channels.release_id
         WHERE channels.app_id = ? AND releases.key_fingerprint = ? ORDER BY channels.is_default DESC LIMIT 1`,
        appId,
        fingerprint,
      );
      return row?.version ?? null;
    },
  };
}
