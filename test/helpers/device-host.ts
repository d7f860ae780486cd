import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import type { App } from '#contract/models/app.ts';
import type { PublishResult } from '#contract/models/release.ts';
import { createCore, type Core } from '#core/create-core.ts';
import { silentLogger, type Clock, type Logger } from '#core/ports.ts';
import type { PublishInput } from '#core/releases/publish.ts';
import { createDeviceServer } from '#servers/device/create-device-server.ts';

import { writeTree, type Tree } from './trees.ts';

type PublishOptions = Partial<Pick<PublishInput, 'key' | 'format' | 'allowKeyMismatch' | 'delta'>>;

export type DeviceHost = AsyncDisposable & {
  readonly core: Core;
  readonly server: FastifyInstance;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  readonly app: App;
  readonly urls: { readonly update: string; readonly stats: string; readonly channel: string };
  /** Publishes a build of these files and waits until it is live. */
  publish(files: Tree, version: string, options?: PublishOptions): Promise<PublishResult>;
};

/** A real core on a real folder with its device listener on 127.0.0.1, and one app. */
export async function openDeviceHost({
  appId = 'com.example.app',
  clock = { now: () => Date.now() },
  logger = silentLogger,
  dataDir: givenDir,
}: {
  readonly appId?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** One that stays; without it a temporary one. */
  readonly dataDir?: string;
} = {}): Promise<DeviceHost> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-device-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const dataDir = givenDir ?? join(folder, 'data');
  let origin = '';
  const core = opened.use(
    await createCore(
      {
        clock,
        logger,
        secrets: { kind: 'test', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
        deviceOrigin: { loopback: () => Promise.resolve(origin), port: () => Number(new URL(origin).port) },
        network: { interfaces: networkInterfaces },
      },
      { dataDir, sampleAppDir: join(folder, 'none'), appVersion: '0.0.0' },
    ),
  );
  const server = createDeviceServer({ gateway: core.gateway, logger, version: '0.0.0' });
  opened.defer(async () => {
    const closing = server.close();
    server.server.closeAllConnections();
    await closing;
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  core.apps.ensure({ appId });
  const app = core.apps.get(appId);

  let builds = 0;
  const disposal = opened.move();
  return {
    core,
    server,
    origin,
    port,
    dataDir,
    app,
    urls: {
      update: origin + app.paths.update,
      stats: origin + app.paths.stats,
      channel: origin + app.paths.channel,
    },
    async publish(files, version, options = {}) {
      builds += 1;
      const path = join(folder, `build-${builds}`);
      await writeTree(path, files);
      const source = { kind: 'path', path } as const;
      const jobId = core.releases.publish({ ...options, appId, source, version, allowWarnings: true });
      return (await jobEnd(core, jobId)) as PublishResult;
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

/** The result of a job; rejects when it did not succeed. */
export async function jobEnd(core: Core, jobId: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const look = (): void => {
    const job = core.jobs.get(jobId);
    if (job.state === 'running') return;
    if (job.state === 'succeeded') resolve(job.result);
    else reject(new Error(`job ${job.state}: ${JSON.stringify(job.error)}`));
  };
  const stop = core.events.subscribe(({ name }) => {
    if (name === 'job.changed') look();
  });
  look();
  return promise.finally(stop);
}
