import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError, asStorageError, reasonOf, systemErrorCode } from './app-error.ts';
import { createAppDirectory, type AppDirectory } from './apps/app-directory.ts';
import { createApps, type AppService } from './apps/apps.ts';
import { createBackups, type BackupService } from './backup/backups.ts';
import { applyPendingRestore } from './backup/pending-restore.ts';
import { createBuilds, type BuildService } from './builds/builds.ts';
import { createDeflatePool } from './bundles/deflate-pool.ts';
import { createPackCache } from './bundles/pack-cache.ts';
import { createChannels, type ChannelService } from './channels/channels.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { createHousekeeping, type HousekeepingService } from './housekeeping/housekeeping.ts';
import { createJobRunner } from './jobs/create-job-runner.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import { createKeyVault, type KeyVault } from './keys/key-vault.ts';
import { createRotations, type RotationService } from './keys/rotations.ts';
import { createMutex } from './mutex.ts';
import type { Ports } from './ports.ts';
import { recover } from './recover.ts';
import { createFetchBackSecret } from './releases/fetch-back-secret.ts';
import type { PublishDeps } from './releases/publish.ts';
import { createReleases, type ReleaseService } from './releases/releases.ts';
import { createRunSweeper } from './releases/run-sweeper.ts';
import { createVersionBook } from './releases/version-book.ts';
import { createSettings, type SettingsService } from './settings/settings.ts';
import { createAppRepository, type AppRepository } from './storage/app-repository.ts';
import { createBlobStore, type BlobStore } from './storage/blob-store.ts';
import { createChannelRepository, type ChannelRepository } from './storage/channel-repository.ts';
import { databaseFileName, openDatabase, type Database } from './storage/database.ts';
import { createDeviceRepository, type DeviceRepository } from './storage/device-repository.ts';
import { createFigureRepository, type FigureRepository } from './storage/figure-repository.ts';
import { createJobRepository } from './storage/job-repository.ts';
import { createKeyRepository, type KeyRepository } from './storage/key-repository.ts';
import { createKeyRotationRepository } from './storage/key-rotation-repository.ts';
import { createRecentBuildRepository } from './storage/recent-build-repository.ts';
import { createReleaseFileRepository } from './storage/release-file-repository.ts';
import { createReleaseRepository, type ReleaseRepository } from './storage/release-repository.ts';
import { createRetentionRepository } from './storage/retention-repository.ts';
import { createSettingsRepository } from './storage/settings-repository.ts';
import { createStoredFiles } from './storage/stored-files.ts';
import { createWatchRepository } from './storage/watch-repository.ts';
import { createUploads, type UploadService } from './uploads/uploads.ts';
import { createWatches, type WatchService } from './watches/watches.ts';

/** The part of the core that works without devices: what a person does with builds, releases and apps. */
export type Services = AsyncDisposable & {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly events: EventHub;
  readonly directory: AppDirectory;
  readonly apps: AppService;
  readonly appRepository: AppRepository;
  readonly channelRepository: ChannelRepository;
  readonly releaseRepository: ReleaseRepository;
  readonly keyRepository: KeyRepository;
  readonly deviceRepository: DeviceRepository;
  readonly figureRepository: FigureRepository;
  readonly builds: BuildService;
  readonly uploads: UploadService;
  readonly releases: ReleaseService;
  readonly channels: ChannelService;
  readonly jobs: JobRunner;
  readonly settings: SettingsService;
  readonly vault: KeyVault;
  readonly rotations: RotationService;
  readonly watches: WatchService;
  readonly housekeeping: HousekeepingService;
  readonly backups: BackupService;
  /** For jobs that publish as a part of more. */
  readonly publishDeps: PublishDeps;
};

/**
 * Opens a data folder, whose lock the caller holds, and clears what a killed process left in it.
 * Rejects with the codes of `openDatabase`, and `DATA_FOLDER_READ_ONLY`, `DATA_FOLDER_UNUSABLE`, `DISK_FULL`.
 */
export async function createServices(ports: Ports, dataDir: string, appVersion = '0.0.0'): Promise<Services> {
  const { clock, logger } = ports;
  await using opened = new AsyncDisposableStack();
  await makeDataDir(dataDir);
  const hasRestored = await applyPendingRestore(dataDir).catch((error: unknown) => {
    throw describeFolderFailure(error, dataDir);
  });
  if (hasRestored) logger.info({ dataDir }, 'a backup was restored; what was there before lies aside');
  const database = opened.use(openDatabase(join(dataDir, databaseFileName), dataDir));
  const stagingDir = join(dataDir, 'staging');
  const blobs = createBlobStore(join(dataDir, 'blobs'));
  const appRepository = createAppRepository(database);
  const channelRepository = createChannelRepository(database);
  const releaseRepository = createReleaseRepository(database);
  const jobRepository = createJobRepository(database);
  const deviceRepository = createDeviceRepository(database);
  const figureRepository = createFigureRepository(database);
  const repositories = { apps: appRepository, channels: channelRepository, releases: releaseRepository };
  await recover({ database, ...repositories, jobs: jobRepository, blobs, stagingDir, clock, logger }).catch(
    (error: unknown) => {
      throw describeFolderFailure(error, dataDir);
    },
  );

  const events = createEventHub(logger);
  const settings = createSettings({ repository: createSettingsRepository(database), events, logger });
  const directory = createAppDirectory(repositories);
  const storeLock = createMutex();
  const uploads = opened.use(createUploads({ stagingDir, logger }));
  const pool = opened.use(createDeflatePool());
  const releaseFiles = createReleaseFileRepository(database);
  const runSweeper = opened.use(createRunSweeper({ database, releaseFiles, logger }));
  // What a process that died has left.
  runSweeper.soon();
  // Closed first of these: jobs that run then stop and clean up after themselves with all the rest still there.
  const jobs = opened.use(createJobRunner({ repository: jobRepository, events, clock, logger }));

  const apps = createApps({
    ...repositories,
    database,
    directory,
    events,
    ports,
    settings: () => settings.get(),
    sweepBlobs: () => {
      runSweeper.soon();
      return storeLock(() => blobs.sweep(new Set(releaseRepository.liveBlobs())));
    },
  });
  const builds = createBuilds({
    jobs,
    uploads,
    recentBuilds: createRecentBuildRepository(database),
    pool,
    clock,
  });
  const keyRepository = createKeyRepository(database);
  const vault = createKeyVault({ keys: keyRepository, secrets: ports.secrets, clock });
  const rotationRepository = createKeyRotationRepository(database);
  const rotations = createRotations({
    rotations: rotationRepository,
    keys: keyRepository,
    vault,
    isApp: (appId) => appRepository.get(appId) !== undefined,
    rememberKey: (appId, fingerprint) => appRepository.rememberKey(appId, fingerprint),
    events,
    clock,
  });
  const publishDeps: PublishDeps = {
    ...repositories,
    devices: deviceRepository,
    releaseFiles,
    runSweeper,
    database,
    blobs,
    storeLock,
    directory,
    appService: apps,
    builds,
    uploads,
    jobs,
    events,
    pool,
    packCache: createPackCache(join(dataDir, 'cache')),
    dataDir,
    stagingDir,
    secret: createFetchBackSecret(),
    versions: createVersionBook(repositories),
    vault,
    keys: keyRepository,
    rotations: rotationRepository,
    ports,
  };
  const releases = createReleases(publishDeps);
  const housekeeping = opened.use(
    createHousekeeping({
      ...repositories,
      releaseService: releases,
      retentions: createRetentionRepository(database),
      files: createStoredFiles(database),
      blobs,
      storeLock,
      jobs,
      events,
      clock,
      logger,
      dataDir,
    }),
  );
  const backups = createBackups({
    database,
    blobs,
    storeLock,
    stagingDir,
    appVersion,
    nowMs: () => clock.now(),
    dataDir,
    secrets: ports.secrets,
    clock,
    hasContent: () => appRepository.list().length + keyRepository.list().length > 0,
    jobs,
    vault,
  });
  // Closed before the jobs: a watch that were still there would start the next one.
  const watches = opened.use(
    createWatches({
      watches: createWatchRepository(database),
      publish: (input) => releases.publish(input),
      publishDeps,
      dataDir,
    }),
  );
  const channels = createChannels({
    channels: channelRepository,
    releases: releaseRepository,
    devices: deviceRepository,
    figures: figureRepository,
    database,
    directory,
    events,
    clock,
    isApp: (appId) => appRepository.get(appId) !== undefined,
  });

  const closing = opened.move();
  return {
    database,
    blobs,
    events,
    directory,
    apps,
    appRepository,
    channelRepository,
    releaseRepository,
    keyRepository,
    deviceRepository,
    figureRepository,
    builds,
    uploads,
    releases,
    channels,
    jobs,
    settings,
    vault,
    rotations,
    watches,
    housekeeping,
    backups,
    publishDeps,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw describeFolderFailure(error, dataDir);
  }
}

function describeFolderFailure(error: unknown, dataDir: string): AppError {
  const known = asStorageError(error);
  if (known instanceof AppError) return known;
  const isDenied = ['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(error) ?? '');
  if (isDenied) return new AppError('DATA_FOLDER_READ_ONLY', { dataDir }, { cause: error });
  return new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: reasonOf(error) }, { cause: error });
}
