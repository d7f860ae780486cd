import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';

import type {
  SimulationReport,
  SimulationResult,
  VirtualDevice,
  VirtualProfile,
} from '#contract/models/virtual-device.ts';

import { AppError } from '../app-error.ts';
import { devicePaths } from '../connect/endpoints.ts';
import { parseKey } from '../crypto/key-material.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobContext, JobRunner } from '../jobs/job-runner.ts';
import { readKeyFile } from '../keys/key-files.ts';
import type { KeyVault } from '../keys/key-vault.ts';
import { createMutex } from '../mutex.ts';
import type { Ports } from '../ports.ts';
import type { AppRepository } from '../storage/app-repository.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import type { VirtualDeviceRecord, VirtualDeviceRepository } from '../storage/virtual-device-repository.ts';
import type { BuiltinBundle } from './builtin-bundle.ts';
import { takeBuiltin, type BuiltinSourceDeps } from './builtin-source.ts';
import type { ChannelCall, ChannelEnd } from './channel-calls.ts';
import { newestPlugin } from './client-profile.ts';
import { createDeviceFiles } from './device-files.ts';
import type { Fault } from './faults.ts';
import { runManyDevices } from './run-many.ts';
import { runChannelCall, type VirtualDeviceOptions } from './virtual-device.ts';
import { contentsOf, currentBundle, stateOf } from './virtual-state.ts';

type RunOptions = { readonly fault?: Fault | undefined; readonly isRealTime: boolean };

export type SimulatorService = {
  /** Oldest first. Throws `APP_NOT_FOUND`. */
  list(appId: string): VirtualDevice[];
  /** Throws `DEVICE_NOT_FOUND`. */
  get(appId: string, deviceId: string): VirtualDevice;
  /** Rejects with `APP_NOT_FOUND`, and the codes of reading a key and of `takeBuiltin`. */
  add(appId: string, profile: VirtualProfile, count: number, current?: string): Promise<VirtualDevice[]>;
  /** Both in one job, whose result is a `SimulationReport`. Rejects as `add` does for the app and the key. */
  addAndRun(appId: string, profile: VirtualProfile, count: number, current?: string): Promise<string>;
  /** With its history. Throws `DEVICE_NOT_FOUND`. */
  remove(appId: string, deviceId: string): void;
  /** Starts the job that lets these devices make a cycle. Its result is a `SimulationReport`. */
  run(appId: string, deviceIds: readonly string[], options: RunOptions): string;
  /** The same for devices that are gone at the end. */
  simulate(
    input: {
      readonly appId: string;
      readonly profile: VirtualProfile;
      readonly devices: number;
      readonly current?: string | undefined;
      readonly deviceId?: string | undefined;
    } & RunOptions,
  ): Promise<string>;
  /** Rejects with `DEVICE_NOT_FOUND`, `DEVICE_LISTENER_DOWN`. */
  channel(appId: string, deviceId: string, call: ChannelCall): Promise<ChannelEnd>;
};

export type SimulatorDeps = BuiltinSourceDeps & {
  readonly apps: AppRepository;
  readonly devices: DeviceRepository;
  readonly virtualDevices: VirtualDeviceRepository;
  readonly vault: KeyVault;
  readonly jobs: JobRunner;
  readonly events: EventHub;
  readonly ports: Ports;
  /** Where what virtual devices hold is kept. */
  readonly filesDir: string;
};

const devicesStep = { name: 'devices', weight: 1 };

/** Requests and stats of a kept run; what a long failure repeats is of no use on a page. */
const KEPT_ROWS = 400;

export function createSimulator(deps: SimulatorDeps): SimulatorService {
  const { apps, devices, virtualDevices, vault, jobs, events, ports } = deps;
  const files = createDeviceFiles(deps.filesDir);
  let running = 0;
  /** What one device keeps, two runs of it would overwrite. */
  const inTurn = createMutex();

  function tokenOf(appId: string): string {
    const app = apps.get(appId);
    if (!app) throw new AppError('APP_NOT_FOUND', { appId });
    return app.token;
  }

  function record(appId: string, deviceId: string): VirtualDeviceRecord {
    const found = virtualDevices.get(appId, deviceId.toLowerCase());
    if (!found) throw new AppError('DEVICE_NOT_FOUND', { appId, deviceId });
    return found;
  }

  async function publicPem(key: VirtualProfile['key']): Promise<string | null> {
    switch (key?.kind) {
      case undefined:
        return null;
      case 'vault':
        return vault.get(key.name).publicPem;
      case 'file':
        if (!isAbsolute(key.path)) throw new AppError('BAD_INPUT', { reason: 'the path of a key must be absolute' });
        return parseKey(await readKeyFile(key.path)).key.publicPem;
      case 'text':
        return parseKey(key.pem).key.publicPem;
    }
  }

  async function builtinOf(
    appId: string,
    { builtin }: VirtualProfile,
    job?: JobContext,
  ): Promise<BuiltinBundle | undefined> {
    if (builtin === undefined) return undefined;
    if (job === undefined) return await takeBuiltin(appId, builtin, { files }, deps);
    const { signal } = job;
    return await job.step('builtin', (report) => takeBuiltin(appId, builtin, { files, signal, report }, deps));
  }

  async function urlsOf(appId: string): Promise<Pick<VirtualDeviceOptions, 'updateUrl' | 'statsUrl' | 'channelUrl'>> {
    const paths = devicePaths(tokenOf(appId));
    const origin = await ports.deviceOrigin.loopback();
    return {
      updateUrl: origin + paths.update,
      statsUrl: origin + paths.stats,
      channelUrl: origin + paths.channel,
    };
  }

  function optionsOf(device: VirtualDeviceRecord): Omit<VirtualDeviceOptions, 'updateUrl'> {
    const { appId, deviceId, platform, nativeVersion, pluginVersion, channel, publicPem: pem, state } = device;
    return {
      appId,
      deviceId,
      platform,
      nativeVersion,
      pluginVersion,
      channel: channel ?? '',
      ...(pem === null ? {} : { publicKey: pem }),
      state,
      files,
    };
  }

  const runOptions = ({ fault, isRealTime }: RunOptions) => ({
    fault,
    runner: ports.appRunner ?? null,
    ...(isRealTime ? { timeScale: 1 } : {}),
  });

  /** One job at a time may not remove what another has just put there. */
  async function withFiles<T>(work: () => Promise<T>): Promise<T> {
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      if (running === 0) await files.sweep(new Set(virtualDevices.states().flatMap(contentsOf)));
    }
  }

  function start(
    appId: string,
    profile: Pick<VirtualProfile, 'builtin'>,
    work: (job: JobContext) => Promise<SimulationReport>,
  ): string {
    const steps = [...(profile.builtin === undefined ? [] : [{ name: 'builtin', weight: 1 }]), devicesStep];
    return jobs.start({ kind: 'simulate', title: appId, appId, steps }, (job) => withFiles(() => work(job)));
  }

  type Made = {
    readonly count: number;
    readonly current: string | undefined;
    readonly publicPem: string | null;
    readonly builtin: BuiltinBundle | undefined;
  };

  function insert(appId: string, profile: VirtualProfile, made: Made): VirtualDeviceRecord[] {
    const { platform, framework = 'capacitor', nativeVersion, build } = profile;
    const state = {
      ...stateOf(nativeVersion, made.current, made.builtin),
      ...(build === undefined ? {} : { build }),
      ...(framework === 'capacitor' ? {} : { framework }),
    };
    const added = Array.from({ length: made.count }, (): VirtualDeviceRecord => {
      return {
        appId,
        deviceId: randomUUID(),
        platform,
        nativeVersion,
        pluginVersion: profile.pluginVersion ?? newestPlugin(platform, framework),
        channel: profile.channel === '' ? null : (profile.channel ?? null),
        publicPem: made.publicPem,
        state,
        lastRun: null,
        createdAtMs: ports.clock.now(),
      };
    });
    for (const device of added) virtualDevices.insert(device);
    for (const { deviceId } of added) events.emit('device.changed', { appId, deviceId });
    return added;
  }

  /** A cycle of devices that are kept. */
  async function runKept(
    appId: string,
    deviceIds: readonly string[],
    urls: Awaited<ReturnType<typeof urlsOf>>,
    options: RunOptions,
    { step, signal }: JobContext,
  ): Promise<SimulationReport> {
    return await step('devices', (report) =>
      inTurn(() =>
        runManyDevices({
          devices: deviceIds.map((deviceId) => () => ({
            ...urls,
            ...optionsOf(record(appId, deviceId)),
            ...runOptions(options),
          })),
          signal,
          report,
          onEnd(result, state) {
            const lastRun = keptRun(result, ports.clock.now(), options.fault);
            virtualDevices.saveRun(appId, result.deviceId, state, lastRun);
            events.emit('device.changed', { appId, deviceId: result.deviceId });
          },
        }),
      ),
    );
  }

  return {
    list(appId) {
      tokenOf(appId);
      return virtualDevices.list(appId).map(toVirtualDevice);
    },
    get: (appId, deviceId) => toVirtualDevice(record(appId, deviceId)),
    async add(appId, profile, count, current) {
      tokenOf(appId);
      const pem = await publicPem(profile.key);
      return withFiles(async () => {
        const builtin = await builtinOf(appId, profile);
        return insert(appId, profile, { count, current, publicPem: pem, builtin }).map(toVirtualDevice);
      });
    },
    async addAndRun(appId, profile, count, current) {
      tokenOf(appId);
      const pem = await publicPem(profile.key);
      return start(appId, profile, async (job) => {
        // Before anything is added: without the listener no cycle can be made.
        const urls = await urlsOf(appId);
        const builtin = await builtinOf(appId, profile, job);
        job.signal.throwIfAborted();
        const added = insert(appId, profile, { count, current, publicPem: pem, builtin });
        const deviceIds = added.map(({ deviceId }) => deviceId);
        return await runKept(appId, deviceIds, urls, { isRealTime: false }, job);
      });
    },
    remove(appId, deviceId) {
      const device = record(appId, deviceId);
      virtualDevices.remove(appId, device.deviceId);
      devices.remove(appId, device.deviceId);
      events.emit('device.changed', { appId, deviceId: device.deviceId });
      events.emit('app.changed', { appId });
    },
    run(appId, deviceIds, options) {
      const chosen = deviceIds.map((deviceId) => record(appId, deviceId).deviceId);
      return start(appId, {}, async (job) => runKept(appId, chosen, await urlsOf(appId), options, job));
    },
    async simulate({ appId, profile, devices: count, current, deviceId, ...options }) {
      tokenOf(appId);
      const pem = await publicPem(profile.key);
      const { platform, framework, nativeVersion, pluginVersion, channel, build } = profile;
      return start(appId, profile, async (job) => {
        const urls = await urlsOf(appId);
        const builtin = await builtinOf(appId, profile, job);
        const device = (): Omit<VirtualDeviceOptions, 'transport' | 'signal'> => ({
          ...urls,
          appId,
          platform,
          framework,
          nativeVersion,
          pluginVersion,
          channel,
          build,
          current,
          builtin,
          files,
          ...(pem === null ? {} : { publicKey: pem }),
          ...(count === 1 ? { deviceId } : {}),
          ...runOptions(options),
        });
        const { signal } = job;
        return await job.step('devices', (report) =>
          runManyDevices({ devices: Array.from({ length: count }, () => device), signal, report }),
        );
      });
    },
    async channel(appId, deviceId, call) {
      const device = record(appId, deviceId);
      const urls = await urlsOf(appId);
      const work = async (): Promise<ChannelEnd> => {
        const { end, state } = await runChannelCall({ ...urls, ...optionsOf(record(appId, deviceId)) }, call);
        virtualDevices.saveRun(appId, device.deviceId, state, null);
        events.emit('device.changed', { appId, deviceId: device.deviceId });
        return end;
      };
      return withFiles(() => inTurn(work));
    },
  };
}

function keptRun(result: SimulationResult, atMs: number, fault: Fault | undefined): VirtualDevice['lastRun'] {
  const { deviceId: _, platform: __, ...rest } = result;
  return {
    ...rest,
    requests: rest.requests.slice(0, KEPT_ROWS),
    stats: rest.stats.slice(0, KEPT_ROWS),
    at: toTimestamp(atMs),
    fault: fault?.name ?? null,
  };
}

function toVirtualDevice(record: VirtualDeviceRecord): VirtualDevice {
  const { appId, deviceId, platform, nativeVersion, pluginVersion, channel, publicPem, state, lastRun } = record;
  return {
    appId,
    deviceId,
    platform,
    framework: state.framework ?? 'capacitor',
    nativeVersion,
    pluginVersion,
    channel,
    chosenChannel: state.chosenChannel,
    keyId: publicPem === null ? null : parseKey(publicPem).key.keyId,
    bundleVersion: currentBundle(state)?.version ?? null,
    builtin: toBuiltin(state),
    createdAt: toTimestamp(record.createdAtMs),
    lastRun,
  };
}

function toBuiltin({ builtin, builtinName }: VirtualDeviceRecord['state']): VirtualDevice['builtin'] {
  if (builtinName === undefined) return null;
  return { name: builtinName, files: builtin.length, bytes: builtin.reduce((sum, { bytes }) => sum + bytes, 0) };
}
