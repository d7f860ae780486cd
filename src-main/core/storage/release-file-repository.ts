import type { Database } from './database.ts';

/** What a phone downloads to get one file, and where it lies. */
export type FileBody = {
  /** Of the body itself: its name on the listener. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly isBrotli: boolean;
  /** Stored file that the body is a piece of, and where in it the body begins. */
  readonly holderSha256: string;
  readonly holderOffset: number;
  /** The RSA form of the content's SHA-256, for encrypted releases. */
  readonly sealedHash: string | null;
};

/** One file of a release. */
export type ReleaseFile = {
  /** In the bundle, `/`-separated. */
  readonly path: string;
  /** Lowercase hex SHA-256 of the content. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Null for releases without delta. */
  readonly body: FileBody | null;
};

/** A file as the runs of several releases have it. */
export type RunFile = Omit<ReleaseFile, 'body'> & {
  /** `holderSha256` is null in the release's own bundle; the offset then counts from the run's `bundleOffset`. */
  readonly body: (Omit<FileBody, 'holderSha256'> & { readonly holderSha256: string | null }) | null;
};

/** Neighbours among the files of a release, by the bytes of their paths. */
export type FileRun = {
  readonly firstPath: string;
  readonly bundleOffset: number;
  /** Of `files`: equal for equal ones. */
  readonly digest: string;
  /** At most a few hundred. */
  readonly files: readonly RunFile[];
};

/** Where a content or a body is found. */
export type FileKey = { readonly shaKey: string; readonly runId: number; readonly place: number };

/** A run that was not there yet. It is shared with other releases once its keys are in as well. */
export type AddedRun = { readonly runId: number; readonly digest: string; readonly keys: readonly FileKey[] };

/** A body by its name, and the newest release that has it. */
export type ServedBody = {
  readonly releaseId: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly holderSha256: string;
  readonly holderOffset: number;
  /** Of the file that becomes of it. */
  readonly contentSha256: string;
  readonly isBrotli: boolean;
};

/** What else an app's releases have under the names that a body is delivered by. */
export type BodyRivals = {
  /** The same file is delivered with another body by another release. */
  readonly hasOthers: boolean;
  /** Files that are delivered with this body. */
  readonly paths: number;
};

export type ReleaseFileRepository = {
  /** Gives a release its next run. Null when an equal one is there already, which it then shares. */
  addRun(releaseId: string, run: FileRun): AddedRun | null;
  /** In the order of their keys, many at a time: else nearly every page of the table is written for a few of them. */
  addKeys(keys: readonly FileKey[]): void;
  /** Other releases may share them from now on. */
  completeRuns(runs: readonly AddedRun[]): void;
  /** The stored files that the bodies of a release are pieces of: they are kept as long as it is. */
  insertHolders(releaseId: string, holders: Iterable<string>): void;
  /** In the order of their paths' bytes; those after `afterPath`. */
  page(releaseId: string, afterPath: string, limit: number): ReleaseFile[];
  get(releaseId: string, path: string): ReleaseFile | undefined;
  /** Its list of files is gone; what no other release shares stays until `removeRun`. */
  detach(releaseId: string): void;
  /** Runs that no release has, which none can share any more. */
  retireRuns(): number[];
  /** In no order. */
  keysOf(runId: number): FileKey[];
  /** Of runs that are retired; see `addKeys`. */
  removeKeys(keys: readonly FileKey[]): void;
  /** One that is retired, and whose keys are removed. */
  removeRun(runId: number): void;
  /** Null: no release of this app has it. `withStored`: also one that is not published yet. */
  served(appId: string, bodySha256: string, withStored: boolean): ServedBody | undefined;
  rivals(appId: string, bodySha256: string): BodyRivals;
  /** Bodies that published, unencrypted releases have for this content, apart from those in a bundle zip. */
  plainBodies(contentSha256: string): FileBody[];
  /** What the content's SHA-256 became when it was sealed with a key before, in either form. */
  seals(contentSha256: string, keyFingerprint: string): string[];
};

type FileRow = {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly isBrotli: number;
  readonly bodySha256: string | null;
  readonly bodyBytes: number | null;
  readonly holderSha256: string | null;
  readonly holderOffset: number | null;
  readonly sealedHash: string | null;
};

/** Of `run_files f`, `release_runs s` and `releases r`, which belong together. */
const holder = `
  coalesce(f.holder_sha256, r.blob_sha256) AS holderSha256,
  f.holder_offset + iif(f.holder_sha256 IS NULL, s.bundle_offset, 0) AS holderOffset`;
const columns = `
  f.path, f.sha256, f.size_bytes AS sizeBytes, f.is_brotli AS isBrotli, f.body_sha256 AS bodySha256,
  f.body_bytes AS bodyBytes, iif(f.body_sha256 IS NULL, NULL, coalesce(f.holder_sha256, r.blob_sha256)) AS holderSha256,
  f.holder_offset + iif(f.holder_sha256 IS NULL, s.bundle_offset, 0) AS holderOffset, f.sealed_hash AS sealedHash`;
/** Files with a key, in every release that has them. The order of the tables is the one to look in. */
const keyed = `
  file_keys k
  CROSS JOIN run_files f ON f.run_id = k.run_id AND f.place = k.place
  CROSS JOIN release_runs s ON s.run_id = k.run_id
  CROSS JOIN releases r ON r.release_id = s.release_id`;

const KEY_DIGITS = 12;

export function createReleaseFileRepository(database: Database): ReleaseFileRepository {
  function insertFiles(runId: number, files: readonly RunFile[]): FileKey[] {
    const keys: FileKey[] = [];
    for (const [place, { path, sha256, sizeBytes, body }] of files.entries()) {
      database.run(
        `INSERT INTO run_files (run_id, place, path, sha256, size_bytes, is_brotli, body_sha256, body_bytes, holder_sha256,
                                holder_offset, sealed_hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        runId,
        place,
        path,
        sha256,
        sizeBytes,
        body?.isBrotli ? 1 : 0,
        body?.sha256 ?? null,
        body?.sizeBytes ?? null,
        body?.holderSha256 ?? null,
        body?.holderOffset ?? null,
        body?.sealedHash ?? null,
      );
      for (const shaKey of keysFor(sha256, body?.sha256 ?? null)) keys.push({ shaKey, runId, place });
    }
    return keys;
  }

  return {
    addRun: (releaseId, { firstPath, bundleOffset, digest, files }) =>
      database.transaction(() => {
        const known = database.get<{ runId: number }>('SELECT run_id AS runId FROM file_runs WHERE digest = ?', digest);
        const runId = known?.runId ?? database.run('INSERT INTO file_runs DEFAULT VALUES').lastInsertRowid;
        const keys = known ? [] : insertFiles(runId, files);
        database.run(
          'INSERT INTO release_runs (release_id, first_path, run_id, bundle_offset) VALUES (?, ?, ?, ?)',
          releaseId,
          firstPath,
          runId,
          bundleOffset,
        );
        return known ? null : { runId, digest, keys };
      }),
    addKeys(keys) {
      database.transaction(() => {
        for (const { shaKey, runId, place } of keys) {
          database.run('INSERT INTO file_keys (sha_key, run_id, place) VALUES (?, ?, ?)', shaKey, runId, place);
        }
      });
    },
    completeRuns(runs) {
      database.transaction(() => {
        for (const { runId, digest } of runs) {
          // Another release may have brought an equal one meanwhile: then this one stays unshared.
          database.run('UPDATE OR IGNORE file_runs SET digest = ? WHERE run_id = ?', digest, runId);
        }
      });
    },
    insertHolders(releaseId, holders) {
      database.transaction(() => {
        for (const sha256 of holders) {
          database.run('INSERT INTO release_holders (release_id, holder_sha256) VALUES (?, ?)', releaseId, sha256);
        }
      });
    },
    page: (releaseId, afterPath, limit) =>
      database
        .all<FileRow>(
          `SELECT ${columns}
           FROM release_runs s
           CROSS JOIN releases r ON r.release_id = s.release_id
           CROSS JOIN run_files f ON f.run_id = s.run_id
           WHERE s.release_id = ?1 AND f.path > ?2 AND s.first_path >= coalesce(
             (SELECT max(first_path) FROM release_runs WHERE release_id = ?1 AND first_path <= ?2), '')
           ORDER BY s.first_path, f.place LIMIT ?3`,
          releaseId,
          afterPath,
          limit,
        )
        .map(toFile),
    get(releaseId, path) {
      const row = database.get<FileRow>(
        `SELECT ${columns}
         FROM release_runs s
         CROSS JOIN releases r ON r.release_id = s.release_id
         CROSS JOIN run_files f ON f.run_id = s.run_id
         WHERE s.release_id = ?1 AND f.path = ?2 AND s.first_path =
           (SELECT max(first_path) FROM release_runs WHERE release_id = ?1 AND first_path <= ?2)`,
        releaseId,
        path,
      );
      return row && toFile(row);
    },
    detach(releaseId) {
      database.run('DELETE FROM release_runs WHERE release_id = ?', releaseId);
    },
    retireRuns: () =>
      database
        .all<{ runId: number }>(
          `UPDATE file_runs SET digest = NULL
           WHERE NOT EXISTS (SELECT 1 FROM release_runs s WHERE s.run_id = file_runs.run_id)
           RETURNING run_id AS runId`,
        )
        .map(({ runId }) => runId),
    keysOf: (runId) =>
      database
        .all<{ sha256: string; bodySha256: string | null; place: number }>(
          'SELECT sha256, body_sha256 AS bodySha256, place FROM run_files WHERE run_id = ?',
          runId,
        )
        .flatMap(({ sha256, bodySha256, place }) =>
          keysFor(sha256, bodySha256).map((shaKey) => ({ shaKey, runId, place })),
        ),
    removeKeys(keys) {
      database.transaction(() => {
        for (const { shaKey, runId, place } of keys) {
          database.run('DELETE FROM file_keys WHERE sha_key = ? AND run_id = ? AND place = ?', shaKey, runId, place);
        }
      });
    },
    removeRun(runId) {
      database.run('DELETE FROM file_runs WHERE run_id = ?', runId);
    },
    served(appId, bodySha256, withStored) {
      const row = database.get<Omit<ServedBody, 'isBrotli'> & { readonly isBrotli: number }>(
        `SELECT r.release_id AS releaseId, r.version, f.body_bytes AS sizeBytes, ${holder}, f.sha256 AS contentSha256,
                f.is_brotli AS isBrotli
         FROM ${keyed}
         WHERE k.sha_key = ? AND f.body_sha256 = ? AND r.app_id = ? AND r.deleted_at_ms IS NULL AND (r.state = 'ready' OR ?)
         ORDER BY r.created_at_ms DESC LIMIT 1`,
        keyOf(bodySha256),
        bodySha256,
        appId,
        Number(withStored),
      );
      return row && { ...row, isBrotli: row.isBrotli === 1 };
    },
    rivals(appId, bodySha256) {
      const rows = database.all<{ hasOthers: number }>(
        `SELECT EXISTS (
           SELECT 1 FROM ${keyed}
           WHERE k.sha_key = substr(mine.sha256, 1, ${KEY_DIGITS}) AND f.sha256 = mine.sha256 AND f.path = mine.path
             AND f.is_brotli = mine.is_brotli AND f.body_sha256 <> ?1 AND r.app_id = ?2
         ) AS hasOthers
         FROM (
           SELECT DISTINCT f.path, f.sha256, f.is_brotli FROM ${keyed}
           WHERE k.sha_key = ?3 AND f.body_sha256 = ?1 AND r.app_id = ?2
         ) mine`,
        bodySha256,
        appId,
        keyOf(bodySha256),
      );
      return { hasOthers: rows.some(({ hasOthers }) => hasOthers === 1), paths: rows.length };
    },
    plainBodies: (contentSha256) =>
      database
        .all<FileRow>(
          `SELECT ${columns} FROM ${keyed}
           WHERE k.sha_key = ? AND f.sha256 = ? AND f.body_sha256 IS NOT NULL AND f.sealed_hash IS NULL
             AND f.holder_sha256 IS NOT NULL AND r.deleted_at_ms IS NULL AND r.state = 'ready'
           GROUP BY f.is_brotli`,
          keyOf(contentSha256),
          contentSha256,
        )
        .flatMap((row) => toFile(row).body ?? []),
    seals: (contentSha256, keyFingerprint) =>
      database
        .all<{ sealedHash: string }>(
          `SELECT DISTINCT f.sealed_hash AS sealedHash FROM ${keyed}
           WHERE k.sha_key = ? AND f.sha256 = ? AND f.sealed_hash IS NOT NULL AND r.key_fingerprint = ?`,
          keyOf(contentSha256),
          contentSha256,
          keyFingerprint,
        )
        .map(({ sealedHash }) => sealedHash),
  };
}

function keyOf(sha256: string): string {
  return sha256.slice(0, KEY_DIGITS);
}

/** A body may be the content as it is. */
function keysFor(sha256: string, bodySha256: string | null): string[] {
  const keys = [keyOf(sha256), ...(bodySha256 === null ? [] : [keyOf(bodySha256)])];
  return keys[0] === keys[1] ? keys.slice(0, 1) : keys;
}

function toFile({ path, sha256, sizeBytes, isBrotli, ...body }: FileRow): ReleaseFile {
  const { bodySha256, bodyBytes, holderSha256, holderOffset, sealedHash } = body;
  const isComplete = bodySha256 !== null && bodyBytes !== null && holderSha256 !== null && holderOffset !== null;
  return {
    path,
    sha256,
    sizeBytes,
    body: isComplete
      ? {
          sha256: bodySha256,
          sizeBytes: bodyBytes,
          isBrotli: isBrotli === 1,
          holderSha256,
          holderOffset,
          sealedHash,
        }
      : null,
  };
}
