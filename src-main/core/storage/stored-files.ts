import type { Database } from './database.ts';

/**
 * Where the database names files of the blob store that are needed: one query each, of two columns, `release_id` and
 * `sha256`. Everything that decides whether a file may go asks all of them, so whoever stores further files for a
 * release adds a query here and nothing else.
 */
const neededFiles = [
  `SELECT release_id, blob_sha256 AS sha256 FROM releases WHERE deleted_at_ms IS NULL`,
  `SELECT h.release_id, h.holder_sha256 AS sha256 FROM release_holders h JOIN releases r ON r.release_id = h.release_id
   WHERE r.deleted_at_ms IS NULL`,
] as const satisfies readonly string[];

const needed = neededFiles.join(' UNION ALL ');

export type FileUse = {
  readonly sha256: string;
  readonly releaseId: string;
  readonly appId: string;
  readonly version: string;
  /** The release's zip, not one of its files for delta downloads. */
  readonly isZip: boolean;
};

/** Which files of the blob store are needed, and by what. */
export type StoredFiles = {
  /** SHA-256 of every file that an undeleted release needs. */
  live(): string[];
  isLive(sha256: string): boolean;
  /** Every file with each release that needs it, the newest release first. */
  uses(): FileUse[];
};

export function createStoredFiles(database: Database): StoredFiles {
  return {
    live: () => database.all<{ sha256: string }>(`SELECT DISTINCT sha256 FROM (${needed})`).map(({ sha256 }) => sha256),
    isLive: (sha256) => database.get(`SELECT 1 FROM (${needed}) WHERE sha256 = ? LIMIT 1`, sha256) !== undefined,
    uses: () =>
      database
        .all<Omit<FileUse, 'isZip'> & { readonly isZip: number }>(
          `SELECT DISTINCT n.sha256, n.release_id AS releaseId, r.app_id AS appId, r.version, n.sha256 = r.blob_sha256 AS isZip
           FROM (${needed}) n JOIN releases r ON r.release_id = n.release_id
           ORDER BY r.created_at_ms DESC, r.rowid DESC`,
        )
        .map(({ sha256, releaseId, appId, version, isZip }) => ({
          sha256,
          releaseId,
          appId,
          version,
          isZip: isZip === 1,
        })),
  };
}
