import { AppError, throwIfAborted } from '../app-error.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import type { ReleaseFile } from '../storage/release-file-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import type { PublishDeps } from './publish-deps.ts';
import { storeFiles } from './store-files.ts';
import { suggestVersion } from './versions.ts';

export type StoredRecord = Parameters<ReleaseRepository['insertStored']>[0];

export type ReleaseToStore = {
  readonly record: StoredRecord;
  /** Of an app that comes with the release. */
  readonly appName: string | undefined;
  /** The bundle that devices download. */
  readonly zipPath: string;
  readonly files: readonly ReleaseFile[];
  /** Bodies that no other release has. */
  readonly pack: { readonly path: string; readonly sha256: string } | null;
};

/**
 * Puts files and rows into the store. The listener serves them from then on to our own check, and to nobody else.
 * Undone with the job; a process that dies here leaves a stored release, which the next start removes.
 */
export async function storeRelease(given: ReleaseToStore, job: JobContext, deps: PublishDeps): Promise<void> {
  const { record, appName, zipPath, files, pack } = given;
  const { appId, releaseId, version, blobSha256 } = record;
  const { releases, runSweeper, blobs, storeLock, directory } = deps;
  let hasAddedApp = false;
  job.onUndo(() =>
    storeLock(async () => {
      releases.removeStored(releaseId);
      runSweeper.soon();
      directory.invalidate(appId);
      if (hasAddedApp) removeUnusedApp(appId, deps);
      for (const sha256 of pack ? [blobSha256, pack.sha256] : [blobSha256]) {
        if (!releases.isBlobLive(sha256)) await blobs.remove(sha256);
      }
    }),
  );
  // Nothing sweeps the store as long as the lock is held: files first, then the rows that keep them.
  await storeLock(async () => {
    throwIfAborted(job.signal);
    hasAddedApp = deps.appService.ensure({ appId, name: appName?.trim().slice(0, 100) || undefined });
    await blobs.put(zipPath, blobSha256);
    if (pack) await blobs.put(pack.path, pack.sha256);
    if (!releases.insertStored(record)) {
      throw new AppError('VERSION_EXISTS', { version, appId, suggested: suggestVersion(deps.versions.facts(appId)) });
    }
    await storeFiles({ releaseId, bundleSha256: blobSha256, files }, deps, job.signal);
    directory.invalidate(appId);
  });
}

/** An app that came with a publish goes with it, unless somebody used it meanwhile. */
function removeUnusedApp(
  appId: string,
  { apps, releases, directory, events }: Pick<PublishDeps, 'apps' | 'releases' | 'directory' | 'events'>,
): void {
  const app = apps.get(appId);
  if (!app || app.deviceCount > 0 || releases.usedVersions(appId).length > 0) return;
  apps.remove(appId);
  directory.invalidate(appId);
  events.emit('app.changed', { appId });
}
