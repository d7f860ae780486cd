import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { ExpiredReleases, Retention, StorageUsage } from '#contract/models/storage.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { Mutex } from '../mutex.ts';
import type { Clock, Logger } from '../ports.ts';
import type { ReleaseService } from '../releases/releases.ts';
import type { AppRepository } from '../storage/app-repository.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { checkDatabaseFile } from '../storage/database-check.ts';
import { databaseFileName } from '../storage/database.ts';
import type { ReleaseRecord, ReleaseRepository } from '../storage/release-repository.ts';
import type { RetentionRepository } from '../storage/retention-repository.ts';
import type { StoredFiles } from '../storage/stored-files.ts';
import { toTimestamp } from '../storage/time.ts';
import { collectGarbage } from './collect-garbage.ts';
import { expired } from './retention.ts';
import { storageUsage } from './storage-usage.ts';
import { verifyStore } from './verify-store.ts';

export type HousekeepingService = AsyncDisposable & {
  usage(): Promise<StorageUsage>;
  /** Starts a job whose result is a `CollectResult`. */
  collect(input: { readonly dryRun: boolean }): string;
  /** Starts a job whose result is a `VerifyResult`. Throws `APP_NOT_FOUND`. */
  verify(input: { readonly appId?: string | undefined }): string;
  /** Throws `APP_NOT_FOUND`, as do the following. */
  retention(appId: string): Retention;
  /** Takes effect at once, and after every publish from then on. */
  setRetention(appId: string, retention: Retention): Promise<Retention>;
  /** What a retention would remove now. */
  preview(appId: string, retention: Retention): ExpiredReleases;
  /** Applies every app's retention now and once in a while. */
  resume(): void;
};

export type HousekeepingDeps = {
  readonly apps: AppRepository;
  readonly releases: ReleaseRepository;
  readonly releaseService: ReleaseService;
  readonly retentions: RetentionRepository;
  readonly files: StoredFiles;
  readonly blobs: BlobStore;
  readonly storeLock: Mutex;
  readonly jobs: JobRunner;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataDir: string;
};

/** Ages pass without an event. */
const RETENTION_INTERVAL_MS = 6 * 60 * 60 * 1000;

export function createHousekeeping(deps: HousekeepingDeps): HousekeepingService {
  const { apps, releases, releaseService, retentions, files, blobs, storeLock, jobs, events } = deps;
  const { clock, logger, dataDir } = deps;
  let timer: NodeJS.Timeout | undefined;
  let applying: Promise<void> = Promise.resolve();

  function assertApp(appId: string): void {
    if (!apps.get(appId)) throw new AppError('APP_NOT_FOUND', { appId });
  }

  function expiredOf(appId: string, retention: Retention): ReturnType<typeof expired<ReleaseRecord>> {
    return expired(releases.list(appId), retention, clock.now(), releases.inUse(appId));
  }

  /** One after the other: two publishes at once must not both delete the same. */
  function apply(appId: string): Promise<void> {
    applying = applying.then(async () => {
      for (const { releaseId } of expiredOf(appId, retentions.get(appId)).goes) {
        try {
          const { version } = await releaseService.delete({ appId, release: releaseId, force: false });
          logger.info({ appId, version }, 'a release has passed its time and was deleted');
        } catch (error) {
          // Pointed at or deleted since it was listed.
          const isSettled = error instanceof AppError && ['RELEASE_IN_USE', 'RELEASE_NOT_FOUND'].includes(error.code);
          if (isSettled) continue;
          logger.error({ err: error, appId }, 'a release that has passed its time could not be deleted');
        }
      }
    });
    return applying;
  }

  function applyAll(): void {
    for (const appId of retentions.limited()) void apply(appId);
  }

  // A publish, and the end of a use, which comes with it.
  const unsubscribe = events.subscribe(({ name, payload }) => {
    if (name === 'channel.changed' && retentions.limited().includes(payload.appId)) void apply(payload.appId);
  });

  return {
    async usage() {
      const [stored, databaseBytes, freeBytes] = await Promise.all([
        blobs.list(),
        databaseSize(dataDir),
        statfs(dataDir).then(
          ({ bavail, bsize }) => bavail * bsize,
          () => null,
        ),
      ]);
      return storageUsage({ apps: apps.list(), stored, uses: files.uses(), databaseBytes, freeBytes });
    },
    collect: ({ dryRun }) =>
      jobs.start({ kind: 'collect', title: '', steps: [{ name: 'sweep', weight: 1 }] }, ({ step, signal }) =>
        step('sweep', (report) =>
          collectGarbage({ blobs, releases, storeLock, now: () => clock.now() }, { dryRun, signal, report }),
        ),
      ),
    verify({ appId }) {
      if (appId !== undefined) assertApp(appId);
      const plan = { kind: 'verify', title: appId ?? '', steps: [{ name: 'hash', weight: 1 }] } as const;
      return jobs.start(plan, ({ step, signal }) =>
        step('hash', async (report) =>
          verifyStore({
            blobs,
            uses: () => files.uses(),
            databaseProblems: await checkDatabaseFile(join(dataDir, databaseFileName), signal),
            appId,
            signal,
            report,
          }),
        ),
      );
    },
    retention(appId) {
      assertApp(appId);
      return retentions.get(appId);
    },
    async setRetention(appId, retention) {
      assertApp(appId);
      retentions.set(appId, retention);
      await apply(appId);
      events.emit('app.changed', { appId });
      return retentions.get(appId);
    },
    preview(appId, retention) {
      assertApp(appId);
      const { goes, staysInUse } = expiredOf(appId, retention);
      return {
        releases: goes.map(({ releaseId, version, createdAtMs }) => ({
          releaseId,
          version,
          createdAt: toTimestamp(createdAtMs),
        })),
        inUse: staysInUse.length,
      };
    },
    resume() {
      applyAll();
      timer ??= setInterval(applyAll, RETENTION_INTERVAL_MS);
      timer.unref();
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
      clearInterval(timer);
      await applying;
    },
  };
}

/** With its log, which holds what the file does not yet. */
async function databaseSize(dataDir: string): Promise<number> {
  const sizes = await Promise.all(
    ['', '-wal'].map((end) =>
      stat(join(dataDir, databaseFileName + end)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
