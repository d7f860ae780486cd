import { basename } from 'node:path';

import type { JobRunner } from '../jobs/job-runner.ts';
import type { KeyVault } from '../keys/key-vault.ts';
import { requireAbsolutePath } from '../storage/output-path.ts';
import { backupSteps, makeBackup, type BackupDeps } from './make-backup.ts';
import { dropPendingRestore, readPendingRestore, type PendingRestore } from './pending-restore.ts';
import { restoreSteps, stageRestore, type RestoreDeps } from './stage-restore.ts';

export type BackupService = {
  /**
   * Starts a job whose result is a `BackupResult`. With a passphrase the private keys come along, sealed with it.
   * Throws `BAD_INPUT` for a relative path.
   */
  backup(input: { readonly out: string; readonly passphrase: string | null }): string;
  /** Starts a job whose result is a `RestoreResult`: what it brings takes effect at the next start. */
  restore(input: { readonly path: string; readonly passphrase: string | null; readonly force: boolean }): string;
  /** A restore that waits for the next start; null without. */
  pending(): Promise<PendingRestore | null>;
  dropPending(): Promise<void>;
};

export function createBackups(
  deps: BackupDeps & RestoreDeps & { readonly jobs: JobRunner; readonly vault: KeyVault },
): BackupService {
  const { jobs, vault, dataDir } = deps;
  return {
    backup({ out, passphrase }) {
      requireAbsolutePath(out);
      return jobs.start({ kind: 'backup', title: basename(out), steps: backupSteps }, async (job) => {
        const sealedKeys = passphrase === null ? null : await vault.backup(passphrase);
        return await makeBackup(out, sealedKeys, job, deps);
      });
    },
    restore(input) {
      requireAbsolutePath(input.path);
      return jobs.start({ kind: 'restore', title: basename(input.path), steps: restoreSteps }, (job) =>
        stageRestore(input, job, deps),
      );
    },
    pending: () => readPendingRestore(dataDir),
    dropPending: () => dropPendingRestore(dataDir),
  };
}
