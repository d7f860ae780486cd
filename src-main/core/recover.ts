import { mkdir, rm } from 'node:fs/promises';

import type { Clock, Logger } from './ports.ts';
import type { AppRepository } from './storage/app-repository.ts';
import type { BlobStore } from './storage/blob-store.ts';
import type { Database } from './storage/database.ts';
import type { JobRepository } from './storage/job-repository.ts';
import type { ReleaseRepository } from './storage/release-repository.ts';

export type RecoverDeps = {
  readonly database: Database;
  readonly apps: AppRepository;
  readonly releases: ReleaseRepository;
  readonly jobs: JobRepository;
  readonly blobs: BlobStore;
  readonly stagingDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Removes what a process left that died in the middle of its work. Called before anything else uses the data folder:
 * whatever is half-made then is nobody's. A release is afterwards fully there or absent.
 */
export async function recover(deps: RecoverDeps): Promise<void> {
  const { database, apps, releases, jobs, blobs, stagingDir, clock, logger } = deps;
  const found = database.transaction(() => {
    const interrupted = jobs.list().filter((job) => job.state === 'running');
    const halfReleases = releases.removeAllStored();
    releases.removeFilesOfDeleted();
    for (const { kind, appId, startedAt } of interrupted) {
      const app = appId === null ? undefined : apps.get(appId);
      const cameWithIt = app !== undefined && kind !== 'inspect' && app.createdAtMs >= Date.parse(startedAt);
      if (cameWithIt && app.deviceCount === 0 && releases.usedVersions(app.appId).length === 0) apps.remove(app.appId);
    }
    jobs.interruptRunning(clock.now());
    return { interruptedJobs: interrupted.length, halfReleases };
  });
  await rm(stagingDir, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(stagingDir, { recursive: true, mode: 0o700 });
  if (found.interruptedJobs + found.halfReleases === 0) return;
  // Only a publish that was killed leaves files to nobody. All else that is unused goes when `gc` is told so, not when a
  // command happens to open the folder, be it `gc --dry-run`.
  const unusedFiles = await blobs.sweep(new Set(releases.liveBlobs()));
  logger.info({ ...found, unusedFiles }, 'leftovers of a process that was killed were removed');
}
