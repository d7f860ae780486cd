import type { Finding } from '#contract/models/finding.ts';

import type { Database } from './database.ts';
import { releasesInUse } from './release-uses.ts';
import { createStoredFiles } from './stored-files.ts';

export type ReleaseState = 'stored' | 'ready';

export type ReleaseRecord = {
  readonly releaseId: string;
  readonly appId: string;
  readonly version: string;
  readonly state: ReleaseState;
  readonly checksum: string;
  readonly blobSha256: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
  readonly rawBytes: number;
  /** Bodies of its manifest, and their bytes; null without one. */
  readonly deltaFiles: number | null;
  readonly deltaBytes: number | null;
  readonly sessionKey: string | null;
  readonly keyId: string | null;
  /** Of the key it was encrypted with; outlives a rename of the key. */
  readonly keyFingerprint: string | null;
  /** SHA-256 over its files' paths and contents, before zip and encryption; null when it is not known. */
  readonly treeSha256: string | null;
  readonly notes: string | null;
  readonly findings: readonly Finding[];
  readonly timings: Readonly<Record<string, number>>;
  readonly jobId: string | null;
  readonly createdAtMs: number;
  readonly verifiedAtMs: number | null;
  readonly deletedAtMs: number | null;
};

/** Devices by the furthest that happened with a release on them. */
export type ReleaseHealth = {
  readonly updated: number;
  readonly failed: number;
  readonly rolledBack: number;
  readonly inProgress: number;
};

type ReleaseRow = Omit<ReleaseRecord, 'findings' | 'timings'> & {
  readonly findingsJson: string;
  readonly timingsJson: string;
};

export type ReleaseRepository = {
  /** A release that is on disk but was never offered. False when the app already used the version. */
  insertStored(release: Omit<ReleaseRecord, 'state' | 'verifiedAtMs' | 'deletedAtMs' | 'timings'>): boolean;
  /** False when the release is gone. */
  markReady(releaseId: string, verifiedAtMs: number, timings: Readonly<Record<string, number>>): boolean;
  /** A published, undeleted release by its id or version. */
  find(appId: string, idOrVersion: string): ReleaseRecord | undefined;
  /** Published and undeleted, newest first. */
  list(appId: string): ReleaseRecord[];
  /** Everything that devices may download: published releases, and stored ones for their fetch-back check. */
  listServed(appId: string): ReleaseRecord[];
  /** Versions the app can never use again: of published, stored and deleted releases. */
  usedVersions(appId: string): { readonly version: string; readonly isDeleted: boolean }[];
  /** Keeps the row, so that the version stays used. */
  markDeleted(releaseId: string, atMs: number): void;
  /** Removes a release that was never offered; its version is free again. */
  removeStored(releaseId: string): void;
  /** Removes all that were never offered: leftovers of a process that died. Returns how many. */
  removeAllStored(): number;
  /** Removes what a process that died in the middle of a deletion left of the list of files. */
  removeFilesOfDeleted(): void;
  /** SHA-256 of every stored file that an undeleted release needs: bundles, and what holds the bodies of manifests. */
  liveBlobs(): string[];
  isBlobLive(sha256: string): boolean;
  /** Ids of the app's releases that a channel, a rollout or a device's override offers. */
  inUse(appId: string): ReadonlySet<string>;
  /** The content of a release by its id; null when it is not known. */
  treeSha256(releaseId: string): string | null;
  /** SHA-256 of the stored files that this release needs. */
  blobsOf(releaseId: string): string[];
  /** By release id; releases that no device met are not in it. */
  health(appId: string): ReadonlyMap<string, ReleaseHealth>;
};

const select = `
  SELECT release_id AS releaseId, app_id AS appId, version, state, checksum, blob_sha256 AS blobSha256,
         size_bytes AS sizeBytes, file_count AS fileCount, raw_bytes AS rawBytes, delta_files AS deltaFiles,
         delta_bytes AS deltaBytes, session_key AS sessionKey,
         key_id AS keyId, key_fingerprint AS keyFingerprint, tree_sha256 AS treeSha256, notes, findings_json AS findingsJson,
         timings_json AS timingsJson, job_id AS jobId,
         created_at_ms AS createdAtMs, verified_at_ms AS verifiedAtMs, deleted_at_ms AS deletedAtMs
  FROM releases`;
const published = `state = 'ready' AND deleted_at_ms IS NULL`;

export function createReleaseRepository(database: Database): ReleaseRepository {
  const files = createStoredFiles(database);
  return {
    insertStored(release) {
      const { changes } = database.run(
        `INSERT INTO releases (release_id, app_id, version, state, checksum, blob_sha256, size_bytes, file_count, raw_bytes,
                               delta_files, delta_bytes, session_key, key_id, key_fingerprint, tree_sha256, notes,
                               findings_json, timings_json, job_id, created_at_ms)
         VALUES (?, ?, ?, 'stored', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}', ?, ?)
         ON CONFLICT (app_id, version) DO NOTHING`,
        release.releaseId,
        release.appId,
        release.version,
        release.checksum,
        release.blobSha256,
        release.sizeBytes,
        release.fileCount,
        release.rawBytes,
        release.deltaFiles,
        release.deltaBytes,
        release.sessionKey,
        release.keyId,
        release.keyFingerprint,
        release.treeSha256,
        release.notes,
        JSON.stringify(release.findings),
        release.jobId,
        release.createdAtMs,
      );
      return changes === 1;
    },
    markReady(releaseId, verifiedAtMs, timings) {
      const sql = `UPDATE releases SET state = 'ready', verified_at_ms = ?, timings_json = ? WHERE release_id = ?`;
      return database.run(sql, verifiedAtMs, JSON.stringify(timings), releaseId).changes === 1;
    },
    find(appId, idOrVersion) {
      const row = database.get<ReleaseRow>(
        `${select} WHERE app_id = ?1 AND (release_id = ?2 OR version = ?2) AND ${published}`,
        appId,
        idOrVersion,
      );
      return row && toRecord(row);
    },
    list: (appId) =>
      database
        .all<ReleaseRow>(`${select} WHERE app_id = ? AND ${published} ORDER BY created_at_ms DESC, rowid DESC`, appId)
        .map(toRecord),
    listServed: (appId) =>
      database
        .all<ReleaseRow>(
          `${select} WHERE app_id = ? AND deleted_at_ms IS NULL ORDER BY created_at_ms DESC, rowid DESC`,
          appId,
        )
        .map(toRecord),
    usedVersions: (appId) =>
      database
        .all<{ version: string; deleted: number }>(
          'SELECT version, deleted_at_ms IS NOT NULL AS deleted FROM releases WHERE app_id = ?',
          appId,
        )
        .map(({ version, deleted }) => ({ version, isDeleted: deleted === 1 })),
    markDeleted(releaseId, atMs) {
      database.run('UPDATE releases SET deleted_at_ms = ? WHERE release_id = ?', atMs, releaseId);
    },
    removeStored(releaseId) {
      database.run(`DELETE FROM releases WHERE release_id = ? AND state = 'stored'`, releaseId);
    },
    removeAllStored: () => database.run(`DELETE FROM releases WHERE state = 'stored'`).changes,
    removeFilesOfDeleted() {
      for (const table of ['release_runs', 'release_holders']) {
        database.run(
          `DELETE FROM ${table} WHERE release_id IN (SELECT release_id FROM releases WHERE deleted_at_ms IS NOT NULL)`,
        );
      }
    },
    liveBlobs: () => files.live(),
    isBlobLive: (sha256) => files.isLive(sha256),
    inUse: (appId) => releasesInUse(database, appId),
    treeSha256: (releaseId) =>
      database.get<{ treeSha256: string | null }>(
        'SELECT tree_sha256 AS treeSha256 FROM releases WHERE release_id = ?',
        releaseId,
      )?.treeSha256 ?? null,
    blobsOf: (releaseId) =>
      database
        .all<{ sha256: string }>(
          `SELECT blob_sha256 AS sha256 FROM releases WHERE release_id = ?1
           UNION SELECT holder_sha256 FROM release_holders WHERE release_id = ?1`,
          releaseId,
        )
        .map(({ sha256 }) => sha256),
    health(appId) {
      const rows = database.all<ReleaseHealth & { releaseId: string }>(
        `SELECT d.release_id AS releaseId,
                sum(d.outcome = 'updated') AS updated,
                sum(d.outcome = 'failed') AS failed,
                sum(d.outcome = 'rolled_back') AS rolledBack,
                sum(d.outcome IN ('offered', 'downloaded', 'set')) AS inProgress
         FROM release_devices d JOIN releases r ON r.release_id = d.release_id
         WHERE r.app_id = ? GROUP BY d.release_id`,
        appId,
      );
      return new Map(rows.map(({ releaseId, ...health }) => [releaseId, health]));
    },
  };
}

function toRecord({ findingsJson, timingsJson, ...rest }: ReleaseRow): ReleaseRecord {
  return {
    ...rest,
    findings: JSON.parse(findingsJson) as Finding[],
    timings: JSON.parse(timingsJson) as Record<string, number>,
  };
}
