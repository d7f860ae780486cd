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
  /** Call for a few hundred files at a time: the database works in this very thread. */
  insert(releaseId: string, files: readonly ReleaseFile[]): void;
  /** The stored files that the bodies of a release are pieces of: they are kept as long as it is. */
  insertHolders(releaseId: string, holders: Iterable<string>): void;
  /** In the order of their paths' bytes; those after `afterPath`. */
  page(releaseId: string, afterPath: string, limit: number): ReleaseFile[];
  get(releaseId: string, path: string): ReleaseFile | undefined;
  /** At most `limit` of them; returns how many. */
  remove(releaseId: string, limit: number): number;
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

const columns = `
  f.path, f.sha256, f.size_bytes AS sizeBytes, f.is_brotli AS isBrotli, f.body_sha256 AS bodySha256,
  f.body_bytes AS bodyBytes, f.holder_sha256 AS holderSha256, f.holder_offset AS holderOffset,
  f.sealed_hash AS sealedHash`;

export function createReleaseFileRepository(database: Database): ReleaseFileRepository {
  return {
    insert(releaseId, files) {
      database.transaction(() => {
        for (const { path, sha256, sizeBytes, body } of files) {
          database.run(
            `INSERT INTO release_files (release_id, path, sha256, size_bytes, is_brotli, body_sha256, body_bytes,
                                        holder_sha256, holder_offset, sealed_hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
            releaseId,
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
          `SELECT ${columns} FROM release_files f WHERE f.release_id = ? AND f.path > ? ORDER BY f.path LIMIT ?`,
          releaseId,
          afterPath,
          limit,
        )
        .map(toFile),
    get(releaseId, path) {
      const row = database.get<FileRow>(
        `SELECT ${columns} FROM release_files f WHERE f.release_id = ? AND f.path = ?`,
        releaseId,
        path,
      );
      return row && toFile(row);
    },
    remove: (releaseId, limit) =>
      database.run(
        `DELETE FROM release_files WHERE release_id = ?1
         AND path IN (SELECT path FROM release_files WHERE release_id = ?1 LIMIT ?2)`,
        releaseId,
        limit,
      ).changes,
    served(appId, bodySha256, withStored) {
      const row = database.get<Omit<ServedBody, 'isBrotli'> & { readonly isBrotli: number }>(
        `SELECT r.release_id AS releaseId, r.version, f.body_bytes AS sizeBytes, f.holder_sha256 AS holderSha256,
                f.holder_offset AS holderOffset, f.sha256 AS contentSha256, f.is_brotli AS isBrotli
         FROM release_files f JOIN releases r ON r.release_id = f.release_id
         WHERE f.body_sha256 = ? AND r.app_id = ? AND r.deleted_at_ms IS NULL AND (r.state = 'ready' OR ?)
         ORDER BY r.created_at_ms DESC LIMIT 1`,
        bodySha256,
        appId,
        Number(withStored),
      );
      return row && { ...row, isBrotli: row.isBrotli === 1 };
    },
    rivals(appId, bodySha256) {
      const rows = database.all<{ hasOthers: number }>(
        `SELECT EXISTS (
           SELECT 1 FROM release_files o JOIN releases r ON r.release_id = o.release_id
           WHERE o.sha256 = mine.sha256 AND o.path = mine.path AND o.is_brotli = mine.is_brotli
             AND o.body_sha256 <> ?1 AND r.app_id = ?2
         ) AS hasOthers
         FROM (
           SELECT DISTINCT f.path, f.sha256, f.is_brotli FROM release_files f JOIN releases r ON r.release_id = f.release_id
           WHERE f.body_sha256 = ?1 AND r.app_id = ?2
         ) mine`,
        bodySha256,
        appId,
      );
      return { hasOthers: rows.some(({ hasOthers }) => hasOthers === 1), paths: rows.length };
    },
    plainBodies: (contentSha256) =>
      database
        .all<FileRow>(
          `SELECT ${columns} FROM release_files f JOIN releases r ON r.release_id = f.release_id
           WHERE f.sha256 = ? AND f.body_sha256 IS NOT NULL AND f.sealed_hash IS NULL
             AND f.holder_sha256 <> r.blob_sha256 AND r.deleted_at_ms IS NULL AND r.state = 'ready'
           GROUP BY f.is_brotli`,
          contentSha256,
        )
        .flatMap((row) => toFile(row).body ?? []),
    seals: (contentSha256, keyFingerprint) =>
      database
        .all<{ sealedHash: string }>(
          `SELECT DISTINCT f.sealed_hash AS sealedHash FROM release_files f JOIN releases r ON r.release_id = f.release_id
           WHERE f.sha256 = ? AND f.sealed_hash IS NOT NULL AND r.key_fingerprint = ?`,
          contentSha256,
          keyFingerprint,
        )
        .map(({ sealedHash }) => sealedHash),
  };
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
