import type { AppDirectory } from '../apps/app-directory.ts';
import type { AppService } from '../apps/apps.ts';
import type { BuildService } from '../builds/builds.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { KeyVault } from '../keys/key-vault.ts';
import type { Mutex } from '../mutex.ts';
import type { Ports } from '../ports.ts';
import type { AppRepository } from '../storage/app-repository.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { ChannelRepository } from '../storage/channel-repository.ts';
import type { Database } from '../storage/database.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { KeyRepository } from '../storage/key-repository.ts';
import type { KeyRotationRepository } from '../storage/key-rotation-repository.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import type { UploadService } from '../uploads/uploads.ts';
import type { FetchBackSecret } from './fetch-back-secret.ts';
import type { VersionBook } from './version-book.ts';

/** What publishing works with. */
export type PublishDeps = {
  readonly database: Database;
  readonly apps: AppRepository;
  readonly releases: ReleaseRepository;
  readonly releaseFiles: ReleaseFileRepository;
  readonly channels: ChannelRepository;
  readonly devices: DeviceRepository;
  readonly blobs: BlobStore;
  /** Held while a file and its row come or go together. */
  readonly storeLock: Mutex;
  readonly directory: AppDirectory;
  readonly appService: AppService;
  readonly builds: BuildService;
  readonly uploads: UploadService;
  readonly jobs: JobRunner;
  readonly events: EventHub;
  readonly pool: DeflatePool;
  readonly stagingDir: string;
  readonly secret: FetchBackSecret;
  readonly versions: VersionBook;
  readonly vault: KeyVault;
  readonly keys: KeyRepository;
  readonly rotations: KeyRotationRepository;
  readonly ports: Pick<Ports, 'clock' | 'deviceOrigin' | 'logger'>;
};
