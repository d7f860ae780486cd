import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { BackupResult } from '#contract/models/storage.ts';

import { AppError, asStorageError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import type { Mutex } from '../mutex.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { openDatabaseCopy, readCopyFacts, type CopyFacts } from '../storage/database-copy.ts';
import type { Database } from '../storage/database.ts';
import { latestDatabaseVersion } from '../storage/migrate.ts';
import { requireFreeOutput } from '../storage/output-path.ts';
import { toTimestamp } from '../storage/time.ts';
import { DATABASE_ENTRY, KEYS_ENTRY, MANIFEST_ENTRY, type BackupManifest } from './backup-format.ts';
import { createStoredZip } from './stored-zip.ts';

export type BackupDeps = {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly storeLock: Mutex;
  readonly dataDir: string;
  readonly stagingDir: string;
  readonly appVersion: string;
  readonly nowMs: () => number;
};

export const backupSteps = [
  { name: 'snapshot', weight: 1 },
  { name: 'write', weight: 9 },
] as const;

/**
 * Saves the data folder in one file, which is there whole or not at all, while everything goes on. The database is
 * copied by SQLite itself; the files it needs are held by links, so that deleting a release meanwhile takes nothing away.
 * Rejects with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`, `CANCELLED`.
 *
 * @param sealedKeys the vault's own backup, where a passphrase was given
 */
export async function makeBackup(
  out: string,
  sealedKeys: Buffer | null,
  job: JobContext,
  deps: BackupDeps,
): Promise<BackupResult> {
  const { signal } = job;
  await requireFreeOutput(out, deps.dataDir);
  const workDir = join(deps.stagingDir, `backup-${job.jobId}`);
  job.onEnd(() => rm(workDir, { recursive: true, force: true }));
  const part = `${out}.${job.jobId.slice(-8)}.part`;
  job.onEnd(() => rm(part, { force: true }));

  const snapshot = await job.step('snapshot', () => takeSnapshot(workDir, signal, deps));
  try {
    return await job.step('write', async (report) => {
      await using zip = await createStoredZip(part);
      const sizes = await Promise.all([...snapshot.files.values(), snapshot.databasePath].map(sizeOf));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      let done = 0;
      const onBytes = (bytes: number): void => {
        done += bytes;
        report({ done, total, unit: 'bytes' });
      };
      const database = await zip.addFile(DATABASE_ENTRY, snapshot.databasePath, { signal, onBytes });
      if (!database) throw new Error('the copy of the database changed');
      const blobs: { sha256: string; bytes: number }[] = [];
      const leftOut = [...snapshot.missing];
      for (const [sha256, path] of snapshot.files) {
        const added = await zip.addFile(`blobs/${sha256}`, path, { expected: sha256, signal, onBytes });
        // Other bytes than its name says: nobody is helped by keeping them.
        if (added) blobs.push(added);
        else leftOut.push(sha256);
      }
      const keys = sealedKeys && (await zip.addBytes(KEYS_ENTRY, sealedKeys));
      const manifest: BackupManifest = {
        format: 'slipway-backup-1',
        appVersion: deps.appVersion,
        databaseVersion: latestDatabaseVersion,
        createdAt: toTimestamp(deps.nowMs()),
        database,
        keys,
        blobs,
        leftOut,
      };
      await zip.addBytes(MANIFEST_ENTRY, Buffer.from(JSON.stringify(manifest)));
      const { bytes } = await zip.finish();
      throwIfAborted(signal);
      await requireFreeOutput(out, deps.dataDir);
      await rename(part, out);
      const { releases, keys: keyCount } = snapshot.facts;
      return {
        path: out,
        bytes,
        files: blobs.length,
        releases,
        keys: keyCount,
        hasPrivateKeys: keys !== null,
        leftOut: leftOut.length,
      };
    });
  } catch (error) {
    const known = asStorageError(error);
    if (known instanceof AppError) throw known;
    throw new AppError('OUTPUT_UNWRITABLE', { path: out, reason: reasonOf(error) }, { cause: error });
  }
}

type Snapshot = {
  readonly databasePath: string;
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  readonly facts: CopyFacts;
};

/** Under the store's lock: what the copy of the database needs is then all there. */
function takeSnapshot(workDir: string, signal: AbortSignal, deps: BackupDeps): Promise<Snapshot> {
  const { database, blobs, storeLock } = deps;
  return storeLock(async () => {
    const linksDir = join(workDir, 'files');
    await mkdir(linksDir, { recursive: true, mode: 0o700 });
    const databasePath = join(workDir, DATABASE_ENTRY);
    await database.copyTo(databasePath);
    throwIfAborted(signal);
    let facts: CopyFacts;
    {
      using copy = openDatabaseCopy(databasePath, workDir);
      facts = readCopyFacts(copy);
    }
    const files = new Map<string, string>();
    const missing: string[] = [];
    for (const sha256 of facts.liveBlobs) {
      throwIfAborted(signal);
      const held = join(linksDir, sha256);
      if (await hold(blobs.path(sha256), held)) files.set(sha256, held);
      else missing.push(sha256);
    }
    return { databasePath, files, missing, facts };
  });
}

/** False: there is no such file. */
async function hold(path: string, held: string): Promise<boolean> {
  try {
    // Disks without links (exFAT) get a copy instead.
    await link(path, held).catch(async (error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') throw error;
      await copyFile(path, held, constants.COPYFILE_FICLONE);
    });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw asStorageError(error);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}
