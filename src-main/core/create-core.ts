import { join } from 'node:path';

import type { NetworkAddress } from '#contract/models/server.ts';

import { createActivity, type ActivityService } from './activity/activity.ts';
import { createReplay } from './activity/replay.ts';
import { createRetention } from './activity/retention.ts';
import type { AppService } from './apps/apps.ts';
import type { BackupService } from './backup/backups.ts';
import type { BuildService } from './builds/builds.ts';
import { createChannelWriter } from './channels/channel-writer.ts';
import type { ChannelService } from './channels/channels.ts';
import { createRolloutWatch } from './channels/watch-rollouts.ts';
import { createComparisons, type ComparisonService } from './compare/comparisons.ts';
import { listAddresses } from './connect/addresses.ts';
import { createServices } from './create-services.ts';
import type { DeviceGateway } from './device-gateway.ts';
import { createDeviceGateway } from './devices/create-device-gateway.ts';
import { createDevices, type DeviceService } from './devices/devices.ts';
import { createExplain, type ExplainService } from './devices/explain.ts';
import { runDoctor, type DoctorInput, type DoctorReport } from './doctor/run-doctor.ts';
import type { EventHub } from './event-hub.ts';
import { createFigures, type FigureService } from './figures/figures.ts';
import type { HousekeepingService } from './housekeeping/housekeeping.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import { createKeys, type KeyService } from './keys/keys.ts';
import type { RotationService } from './keys/rotations.ts';
import { createVaultGuard, type VaultGuard } from './keys/vault-guard.ts';
import type { Ports } from './ports.ts';
import { createProjects, type ProjectService } from './projects/projects.ts';
import type { ReleaseService } from './releases/releases.ts';
import { createSample, type SampleService } from './sample/sample.ts';
import type { SettingsService } from './settings/settings.ts';
import { createSimulator, type SimulatorService } from './simulator/simulator.ts';
import { createActivityRepository } from './storage/activity-repository.ts';
import { createVirtualDeviceRepository } from './storage/virtual-device-repository.ts';
import type { UploadService } from './uploads/uploads.ts';
import type { WatchService } from './watches/watches.ts';

export type CoreConfig = {
  /** Absolute. Its lock is held by the caller. */
  readonly dataDir: string;
  /** The sample's web build, which comes with the program. */
  readonly sampleAppDir: string;
  readonly appVersion: string;
};

/** The product: everything a host puts a window, a server or a command line in front of. */
export type Core = AsyncDisposable & {
  readonly events: EventHub;
  /** What the device listener may do, and nothing else of the core. */
  readonly gateway: DeviceGateway;
  readonly apps: AppService;
  readonly builds: BuildService;
  readonly uploads: UploadService;
  readonly releases: ReleaseService;
  readonly comparisons: ComparisonService;
  readonly channels: ChannelService;
  readonly devices: DeviceService;
  readonly explain: ExplainService;
  readonly activity: ActivityService;
  readonly figures: FigureService;
  readonly jobs: JobRunner;
  readonly keys: KeyService;
  readonly vaultGuard: VaultGuard;
  readonly rotations: RotationService;
  readonly projects: ProjectService;
  readonly settings: SettingsService;
  readonly watches: WatchService;
  readonly housekeeping: HousekeepingService;
  readonly backups: BackupService;
  readonly sample: SampleService;
  readonly simulator: SimulatorService;
  /** Addresses of this machine, best for a phone first. */
  addresses(): NetworkAddress[];
  doctor(input: Pick<DoctorInput, 'listener' | 'projectDir' | 'signal'>): Promise<DoctorReport>;
};

/**
 * Builds the core on a data folder. Rejects with the codes of `createServices`.
 * Disposing stops its jobs, which clean up after themselves, writes what is queued, and closes the database.
 */
export async function createCore(ports: Ports, config: CoreConfig): Promise<Core> {
  const { clock, logger } = ports;
  await using opened = new AsyncDisposableStack();
  const services = opened.use(await createServices(ports, config.dataDir, config.appVersion));
  const { database, events, directory, appRepository, deviceRepository, figureRepository, publishDeps } = services;
  const isApp = (appId: string): boolean => appRepository.get(appId) !== undefined;

  const activityRepository = createActivityRepository(database);
  const devices = createDevices({
    devices: deviceRepository,
    activity: activityRepository,
    channels: services.channelRepository,
    releases: services.releaseRepository,
    events,
    clock,
    isApp,
  });
  const explain = createExplain({ devices: deviceRepository, directory, clock, origin: () => originOf(ports) });
  const activity = createActivity({
    database,
    activity: activityRepository,
    events,
    replay: createReplay({
      database,
      activity: activityRepository,
      directory,
      deviceOrigin: ports.deviceOrigin,
      secret: publishDeps.secret,
    }),
    isApp,
  });
  const retention = opened.use(
    createRetention({
      database,
      activity: activityRepository,
      figures: figureRepository,
      limits: () => services.settings.get().log,
      events,
      clock,
      logger,
    }),
  );
  const { channelRepository } = services;
  const rollouts = createRolloutWatch({
    channels: channelRepository,
    devices: deviceRepository,
    writer: createChannelWriter({ database, channels: channelRepository, directory, events, clock, isApp }),
    clock,
    logger,
  });
  const gateway = createDeviceGateway({
    database,
    rollouts,
    devices: deviceRepository,
    activity: activityRepository,
    figures: figureRepository,
    directory,
    releaseFiles: publishDeps.releaseFiles,
    blobs: services.blobs,
    events,
    clock,
    logger,
    secret: publishDeps.secret,
    onRowAdded: () => retention.noteAdded(),
  });
  const projects = createProjects({
    getApp: (appId) => services.apps.get(appId),
    devicePort: () => ports.deviceOrigin.port(),
    publicPem: (keyName) => services.vault.get(keyName).publicPem,
  });

  const closing = opened.move();
  return {
    events,
    gateway,
    apps: services.apps,
    builds: services.builds,
    uploads: services.uploads,
    releases: services.releases,
    comparisons: createComparisons(publishDeps),
    channels: services.channels,
    devices,
    explain,
    activity,
    figures: createFigures({ figures: figureRepository, clock, isApp }),
    jobs: services.jobs,
    vaultGuard: createVaultGuard({ secrets: ports.secrets, events }),
    keys: createKeys({
      vault: services.vault,
      jobs: services.jobs,
      events,
      uploads: services.uploads,
      recentBuilds: () => services.builds.recent().map(({ path }) => path),
    }),
    rotations: services.rotations,
    projects,
    settings: services.settings,
    watches: services.watches,
    housekeeping: services.housekeeping,
    backups: services.backups,
    simulator: createSimulator({
      apps: appRepository,
      devices: deviceRepository,
      virtualDevices: createVirtualDeviceRepository(database),
      releases: services.releaseRepository,
      blobs: services.blobs,
      keys: services.keyRepository,
      vault: services.vault,
      jobs: services.jobs,
      events,
      ports,
      filesDir: join(config.dataDir, 'virtual-devices'),
    }),
    sample: createSample({ deps: publishDeps, sampleAppDir: config.sampleAppDir }),
    addresses: () => listAddresses(ports.network.interfaces()),
    doctor: (input) =>
      runDoctor({
        ...input,
        dataDir: config.dataDir,
        interfaces: ports.network.interfaces(),
        now: () => clock.now(),
        countApps: () => appRepository.list().length,
        findApp: (appId) => appRepository.get(appId),
        recentDevices: devices.countActive(),
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** The best address of this machine, as a device would use it. */
function originOf({ deviceOrigin, network }: Ports): string {
  const port = deviceOrigin.port();
  const [best] = listAddresses(network.interfaces());
  const host = best?.address ?? '127.0.0.1';
  return `http://${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`;
}
