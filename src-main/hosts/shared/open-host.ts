import { createDispatch } from '#api/dispatch.ts';
import type { HostServices } from '#api/host-services.ts';
import type { ApiTransport } from '#api/transport.ts';
import type { ServerStatus } from '#contract/models/server.ts';
import { AppError } from '#core/app-error.ts';
import { createCore, type Core } from '#core/create-core.ts';
import { systemClock, type Logger, type SecretStore } from '#core/ports.ts';

import { openAttachEndpoint } from './attach-endpoint.ts';
import { createDeviceListener, type DeviceListenerPlan } from './device-listener.ts';
import { createFileLogger } from './file-logger.ts';
import { createFileSecretStore } from './file-secret-store.ts';
import { nodeNetwork } from './node-network.ts';
import { programVersion, type ProgramFiles } from './program-files.ts';
import { takeDataFolder } from './take-data-folder.ts';

export type HostOptions = {
  readonly kind: ServerStatus['hostKind'];
  /** Absolute; made when it is not there. */
  readonly dataDir: string;
  readonly files: ProgramFiles;
  readonly deviceListener: DeviceListenerPlan;
  readonly capabilities?: ServerStatus['capabilities'];
  /** Opens the local socket by which commands work through this host. Short-lived programs do without. */
  readonly isAttachable: boolean;
  /** The lock of the data folder, when the caller has it already; the host releases it. */
  readonly lock?: Disposable;
  /** How long to wait for a command that is using the data folder. */
  readonly waitMs?: number;
  readonly secrets?: SecretStore;
  readonly revealDataFolder?: () => Promise<void>;
  readonly signal?: AbortSignal;
};

/** A core with everything a host needs around it. Disposing closes all of it, newest first. */
export type OpenHost = AsyncDisposable & {
  readonly core: Core;
  readonly dataDir: string;
  readonly version: string;
  readonly logger: Logger;
  readonly services: HostServices;
  /** Calls and events of this very process. Disposing it does nothing. */
  readonly transport: ApiTransport;
};

/** Time for a one-shot command to finish its work on the same folder. */
const DEFAULT_WAIT_MS = 10_000;

/**
 * Opens the data folder and everything on it: lock, log, core, device listener, calls, local socket.
 * Rejects with the codes of `takeDataFolder`, of the database, and of the listener when its plan says it must open.
 */
export async function openHost(options: HostOptions): Promise<OpenHost> {
  const { kind, dataDir, files, signal } = options;
  const version = programVersion;
  await using opened = new AsyncDisposableStack();

  opened.use(options.lock ?? (await takeDataFolder({ dataDir, waitMs: options.waitMs ?? DEFAULT_WAIT_MS, signal })));
  const logger = opened.use(createFileLogger(dataDir, { hostKind: kind, version }));
  const listener = createDeviceListener({ plan: options.deviceListener, network: nodeNetwork, logger, version });
  const core = opened.use(
    await createCore(
      {
        clock: systemClock,
        logger,
        secrets: options.secrets ?? createFileSecretStore(dataDir),
        deviceOrigin: listener.origin,
        network: nodeNetwork,
      },
      { dataDir, sampleAppDir: files.sampleAppDir, appVersion: version },
    ),
  );
  // After the core in this list: phones are cut off before what answers them is closed.
  opened.use(listener);
  await listener.start({
    gateway: core.gateway,
    settings: () => core.settings.get().device,
    announce: () => core.events.emit('server.changed', {}),
  });
  opened.defer(
    core.events.subscribe(({ name }) => {
      if (name === 'settings.changed') void listener.followSettings();
    }),
  );

  // Their publishes are fetched back through the listener. One command does not take up what others have asked for.
  if (kind !== 'cli') {
    core.watches.resume();
    core.housekeeping.resume();
  }

  const services: HostServices = {
    kind,
    version,
    dataDir,
    capabilities: options.capabilities ?? [],
    deviceListener: { status: () => listener.status(), restart: () => listener.restart() },
    revealDataFolder: options.revealDataFolder ?? notAvailable,
  };
  const dispatch = createDispatch({ core, host: services, logger });
  const transport: ApiTransport = {
    call: dispatch,
    subscribe: (receive) => core.events.subscribe(receive),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  if (options.isAttachable) {
    const subscribe: ApiTransport['subscribe'] = (receive) => transport.subscribe(receive);
    try {
      opened.use(await openAttachEndpoint({ dataDir, kind, version, dispatch, subscribe, logger }));
    } catch (error) {
      // Commands then say that the folder is in use; windows and phones are served all the same.
      logger.error({ err: error }, 'commands cannot reach this host');
    }
  }

  logger.info({ dataDir }, 'open');
  const closing = opened.move();
  return { core, dataDir, version, logger, services, transport, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

function notAvailable(): Promise<never> {
  return Promise.reject(new AppError('NOT_AVAILABLE_HERE', { what: 'reveal' }));
}
