import type { Database } from './database.ts';

export type KeyRecord = {
  readonly name: string;
  readonly keyId: string;
  readonly fingerprint: string;
  readonly publicPem: string;
  readonly bits: number;
  readonly createdAtMs: number;
  readonly hasPrivate: boolean;
  /** No new release is to be made with it; null while it is in use. */
  readonly retiredAtMs: number | null;
};

export type KeyUse = {
  readonly releases: { readonly appId: string; readonly version: string }[];
  readonly apps: string[];
  readonly devices: { readonly appId: string; readonly deviceId: string }[];
};

export type KeyReader = {
  readonly deviceId: string;
  readonly keyId: string | null;
  readonly pluginVersion: string | null;
  readonly isVirtual: boolean;
};

export type KeyRepository = {
  insert(record: Omit<KeyRecord, 'hasPrivate' | 'retiredAtMs'>, sealedPrivate: Uint8Array | null): void;
  setPrivate(fingerprint: string, sealedPrivate: Uint8Array): void;
  get(name: string): KeyRecord | undefined;
  byFingerprint(fingerprint: string): KeyRecord | undefined;
  /** By name. */
  list(): KeyRecord[];
  sealedPrivate(fingerprint: string): Uint8Array | null;
  rename(name: string, newName: string): void;
  /** Null takes it back. */
  setRetired(fingerprint: string, atMs: number | null): void;
  remove(fingerprint: string): void;
  /** Releases made with it, apps that remember it, devices that report its id. */
  use(key: Pick<KeyRecord, 'fingerprint' | 'keyId'>): KeyUse;
  /** What an app's devices say of their key, last seen first. */
  readers(appId: string): KeyReader[];
};

const columns = `name, key_id AS keyId, fingerprint, public_pem AS publicPem, bits, created_at_ms AS createdAtMs,
  sealed_private IS NOT NULL AS hasPrivate, retired_at_ms AS retiredAtMs`;

type KeyRow = Omit<KeyRecord, 'hasPrivate'> & { readonly hasPrivate: number };

function toRecord(row: KeyRow): KeyRecord {
  return { ...row, hasPrivate: row.hasPrivate === 1 };
}

export function createKeyRepository(database: Database): KeyRepository {
  const first = (where: string, value: string): KeyRecord | undefined => {
    const row = database.get<KeyRow>(`SELECT ${columns} FROM keys WHERE ${where} = ?`, value);
    return row && toRecord(row);
  };
  return {
    insert({ name, keyId, fingerprint, publicPem, bits, createdAtMs }, sealedPrivate) {
      database.run(
        `INSERT INTO keys (name, key_id, fingerprint, public_pem, sealed_private, bits, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        name,
        keyId,
        fingerprint,
        publicPem,
        sealedPrivate,
        bits,
        createdAtMs,
      );
    },
    setPrivate(fingerprint, sealedPrivate) {
      database.run('UPDATE keys SET sealed_private = ? WHERE fingerprint = ?', sealedPrivate, fingerprint);
    },
    get: (name) => first('name', name),
    byFingerprint: (fingerprint) => first('fingerprint', fingerprint),
    list: () => database.all<KeyRow>(`SELECT ${columns} FROM keys ORDER BY name COLLATE NOCASE`).map(toRecord),
    sealedPrivate(fingerprint) {
      const sql = 'SELECT sealed_private AS sealed FROM keys WHERE fingerprint = ?';
      return database.get<{ sealed: Uint8Array | null }>(sql, fingerprint)?.sealed ?? null;
    },
    rename(name, newName) {
      database.run('UPDATE keys SET name = ? WHERE name = ?', newName, name);
    },
    setRetired(fingerprint, atMs) {
      database.run('UPDATE keys SET retired_at_ms = ? WHERE fingerprint = ?', atMs, fingerprint);
    },
    remove(fingerprint) {
      database.transaction(() => {
        database.run('UPDATE apps SET key_fingerprint = NULL WHERE key_fingerprint = ?', fingerprint);
        database.run('DELETE FROM keys WHERE fingerprint = ?', fingerprint);
      });
    },
    readers: (appId) =>
      database
        .all<Omit<KeyReader, 'isVirtual'> & { readonly isVirtual: number }>(
          `SELECT device_id AS deviceId, key_id AS keyId, plugin_version AS pluginVersion, is_virtual AS isVirtual
           FROM devices WHERE app_id = ? ORDER BY last_seen_at_ms DESC`,
          appId,
        )
        .map(({ deviceId, keyId, pluginVersion, isVirtual }) => ({
          deviceId,
          keyId,
          pluginVersion,
          isVirtual: isVirtual === 1,
        })),
    use: ({ fingerprint, keyId }) => ({
      releases: database.all(
        `SELECT app_id AS appId, version FROM releases
         WHERE key_fingerprint = ? AND state = 'ready' AND deleted_at_ms IS NULL ORDER BY app_id, created_at_ms DESC`,
        fingerprint,
      ),
      apps: database
        .all<{ appId: string }>(
          'SELECT app_id AS appId FROM apps WHERE key_fingerprint = ? ORDER BY app_id',
          fingerprint,
        )
        .map(({ appId }) => appId),
      devices: database.all(
        'SELECT app_id AS appId, device_id AS deviceId FROM devices WHERE key_id = ? ORDER BY last_seen_at_ms DESC',
        keyId,
      ),
    }),
  };
}
