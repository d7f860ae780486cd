import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { RestoreResult } from '#contract/models/storage.ts';

import { AppError, asStorageError, reasonOf } from '../app-error.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import { createKeyVault } from '../keys/key-vault.ts';
import type { Clock, SecretStore } from '../ports.ts';
import { createBlobStore } from '../storage/blob-store.ts';
import { findDatabaseProblems } from '../storage/database-check.ts';
import { openDatabaseCopy, readCopyFacts, type CopyFacts } from '../storage/database-copy.ts';
import { databaseFileName, type Database } from '../storage/database.ts';
import { createKeyRepository } from '../storage/key-repository.ts';
import { DATABASE_ENTRY } from './backup-format.ts';
import { damaged, openBackup, type OpenBackup } from './open-backup.ts';
import { announceRestore, stagedFolder } from './pending-restore.ts';

export type RestoreDeps = {
  readonly dataDir: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** There are apps or keys here that a restore would replace. */
  readonly hasContent: () => boolean;
};

export const restoreSteps = [
  { name: 'unpack', weight: 9 },
  { name: 'prepare', weight: 1 },
] as const;

/**
 * Unpacks a backup beside what is there, comparing every byte with its digest, and announces it for the next start. Until
 * then, and when anything fails, nothing of the data folder changes.
 * Rejects with the codes of `openBackup`, `RESTORE_NOT_EMPTY`, `PASSPHRASE_WRONG`, `SEAL_DAMAGED`, `DISK_FULL`, `CANCELLED`.
 */
export async function stageRestore(
  input: { readonly path: string; readonly passphrase: string | null; readonly force: boolean },
  job: JobContext,
  deps: RestoreDeps,
): Promise<RestoreResult> {
  const { dataDir } = deps;
  await using backup = await openBackup(input.path);
  if (deps.hasContent() && !input.force) throw new AppError('RESTORE_NOT_EMPTY', { dataDir });
  const { manifest } = backup;
  const staged = stagedFolder(dataDir, job.jobId);
  job.onUndo(() => rm(staged.path, { recursive: true, force: true }));
  const { facts, bytes } = await job.step('unpack', (report) =>
    unpack(backup, staged.path, job.signal, (done, total) => report({ done, total, unit: 'bytes' })),
  );
  return await job.step('prepare', async () => {
    const keys = await prepareKeys(staged.path, input.passphrase, backup, deps);
    job.signal.throwIfAborted();
    // In the data folder: on the same disk for certain, and renaming needs no rights on what is around it.
    const aside = `before-restore-${new Date(deps.clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
    await announceRestore(dataDir, { staged: staged.name, aside, createdAt: manifest.createdAt });
    return {
      isWaitingForRestart: true,
      createdAt: manifest.createdAt,
      apps: facts.apps,
      releases: facts.releases,
      files: manifest.blobs.length,
      bytes,
      ...keys,
      aside: deps.hasContent() ? join(dataDir, aside) : null,
    };
  });
}

async function unpack(
  backup: OpenBackup,
  stagedDir: string,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly facts: CopyFacts; readonly bytes: number }> {
  const { manifest } = backup;
  const total = manifest.blobs.reduce((sum, { bytes }) => sum + bytes, manifest.database.bytes);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress(done, total);
  };
  try {
    const store = createBlobStore(join(stagedDir, 'blobs'));
    await mkdir(store.root, { recursive: true, mode: 0o700 });
    const databasePath = join(stagedDir, databaseFileName);
    await backup.extract(DATABASE_ENTRY, manifest.database, databasePath, { signal, onBytes });
    const facts = withCopy(stagedDir, (copy) => {
      const [problem] = findDatabaseProblems(copy);
      if (problem !== undefined) throw damaged(problem);
      return readCopyFacts(copy);
    });
    const saved = new Map(manifest.blobs.map((blob) => [blob.sha256, blob]));
    const leftOut = new Set(manifest.leftOut);
    for (const sha256 of facts.liveBlobs) {
      const blob = saved.get(sha256);
      if (!blob && leftOut.has(sha256)) continue;
      if (!blob) throw damaged('a file that a release needs is missing');
      const target = store.path(sha256);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await backup.extract(`blobs/${sha256}`, blob, target, { signal, onBytes });
    }
    return { facts, bytes: total };
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Which private keys open on this machine; with the passphrase those that do not are brought in from the sealed backup. */
async function prepareKeys(
  stagedDir: string,
  passphrase: string | null,
  backup: OpenBackup,
  { secrets, clock }: RestoreDeps,
): Promise<Pick<RestoreResult, 'keysOpen' | 'keysSealed'>> {
  using copy = openCopy(stagedDir);
  const vault = createKeyVault({ keys: createKeyRepository(copy), secrets, clock });
  const box = await backup.readKeys();
  if (passphrase !== null && box !== null) await vault.restore(box, passphrase);
  const keysOpen: string[] = [];
  const keysSealed: string[] = [];
  for (const { name, hasPrivate } of vault.list()) {
    if (!hasPrivate) continue;
    const opens = await vault.openPrivate(name).then(
      () => true,
      () => false,
    );
    (opens ? keysOpen : keysSealed).push(name);
  }
  return { keysOpen, keysSealed };
}

function withCopy<T>(stagedDir: string, work: (copy: Database) => T): T {
  using copy = openCopy(stagedDir);
  return work(copy);
}

/** Brought to this program's form at once: a backup whose database cannot be is refused now and not at the next start. */
function openCopy(stagedDir: string): Database {
  try {
    return openDatabaseCopy(join(stagedDir, databaseFileName), stagedDir);
  } catch (error) {
    if (error instanceof AppError && error.code === 'DISK_FULL') throw error;
    const reason = error instanceof AppError ? String(error.params['reason'] ?? error.code) : reasonOf(error);
    throw new AppError('BACKUP_DAMAGED', { reason }, { cause: error });
  }
}
