import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type {
  BuildFacts,
  SimulatedRequest,
  SimulationResult,
  SimulationStep,
  VirtualFramework,
} from '#contract/models/virtual-device.ts';
import { describeStep, does } from '#contract/texts/simulation-texts.ts';

import { throwIfAborted } from '../app-error.ts';
import { createKeyMaterial, parseKey, type PublicKeyMaterial } from '../crypto/key-material.ts';
import type { AppRunner } from './app-runner.ts';
import type { BuiltinBundle } from './builtin-bundle.ts';
import { callChannel, type ChannelCall, type ChannelEnd } from './channel-calls.ts';
import { newestPlugin, type ClientPlatform, type ClientProfile } from './client-profile.ts';
import { createDeviceFiles, type DeviceFiles } from './device-files.ts';
import { createDeviceTime } from './device-time.ts';
import { dialectOf } from './dialect.ts';
import { mishapsOf, withFault, type Fault } from './faults.ts';
import { createHttpClient } from './http-client.ts';
import { createRateLimit } from './rate-limit.ts';
import { channelOf, type Session } from './session.ts';
import { createStatsSender, type StatEvent } from './stats-sender.ts';
import { createHttpTransport, type Transport } from './transport.ts';
import { runCycle, type End } from './update-cycle.ts';
import { stateOf, type VirtualState } from './virtual-state.ts';

export type VirtualDeviceOptions = {
  readonly updateUrl: string;
  /** Without it nothing is reported, as with an empty `statsUrl` in the config. */
  readonly statsUrl?: string | undefined;
  readonly channelUrl?: string | undefined;
  readonly appId: string;
  readonly platform?: ClientPlatform | undefined;
  /** Whose plugin is in the app; without it as in `state`, else Capacitor's. */
  readonly framework?: VirtualFramework | undefined;
  readonly nativeVersion?: string | undefined;
  readonly pluginVersion?: string | undefined;
  /** The bundle it runs; without it the one of the store. Not with `state`. */
  readonly current?: string | undefined;
  /** The web build that came with the app, its contents in `files`. Not with `state`. */
  readonly builtin?: BuiltinBundle | undefined;
  /** `defaultChannel` of its config. */
  readonly channel?: string | undefined;
  readonly customId?: string | undefined;
  /** Without it as in `state`. */
  readonly build?: BuildFacts | undefined;
  /** `publicKey` of its config, as PEM: with it the bundle is decrypted as the client would. */
  readonly publicKey?: string | undefined;
  /** Random without it. */
  readonly deviceId?: string | undefined;
  /** How long it waits for notifyAppReady, in time of the device; the clients' own times without it (clients.md §9.5). */
  readonly readyTimeoutMs?: number | undefined;
  /** How much of the device's waits really passes; 1 is all of them. */
  readonly timeScale?: number | undefined;
  /** Runs of a broken download by Android's work queue, which has no end of its own. */
  readonly maxZipRuns?: number | undefined;
  readonly fault?: Fault | undefined;
  /** What it kept from its last cycle; `files` has to be the same then. */
  readonly state?: VirtualState | undefined;
  /** Where contents are kept; without it in a folder that is gone at the end. */
  readonly files?: DeviceFiles | undefined;
  /** Runs the app; without it its text is searched. */
  readonly runner?: AppRunner | null | undefined;
  /** Connections shared with other devices; without it its own. */
  readonly transport?: Transport | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: SimulationStep) => void) | undefined;
};

/** What a cycle came to, and what the device keeps of it. */
export type VirtualRun<T> = Omit<SimulationResult, 'outcome' | 'version'> & {
  readonly end: T;
  readonly state: VirtualState;
};

/** A device's minute passes in 1.2 s. */
export const DEFAULT_TIME_SCALE = 0.02;
const MAX_ZIP_RUNS = 3;

/**
 * Runs one update cycle as a real client would: start, check, download, verify, unpack, and, after a move to the
 * background and a new start, notifyAppReady or the roll back (clients.md Appendix B, §9.9). Works against any
 * compatible server.
 * Rejects with `CANCELLED`, and with the codes of `parseKey` for a bad public key; everything that goes wrong on the way is an outcome.
 */
export async function runVirtualDevice(
  options: VirtualDeviceOptions,
): Promise<SimulationResult & { readonly state: VirtualState }> {
  const { end, ...run } = await withDevice<End>(options, (session) => runCycle(session));
  return { ...end, ...run };
}

/** Starts the device for one call of the channel address. */
export function runChannelCall(options: VirtualDeviceOptions, call: ChannelCall): Promise<VirtualRun<ChannelEnd>> {
  return withDevice(options, (session) => callChannel(session, call));
}

/** A device that is switched on for `work`, and whose stats are sent at its end. */
async function withDevice<T>(
  options: VirtualDeviceOptions,
  work: (session: Session) => Promise<T>,
): Promise<VirtualRun<T>> {
  const { signal, fault = null, runner = null } = options;
  throwIfAborted(signal);
  const profile = profileOf(options);
  const dialect = dialectOf(profile);
  const requests: SimulatedRequest[] = [];
  const steps: SimulationStep[] = [];
  const sent: StatEvent[] = [];

  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-virtual-'));
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const time = createDeviceTime(options.timeScale ?? DEFAULT_TIME_SCALE, signal);
  const network = options.transport ?? opened.use(createHttpTransport());
  const http = createHttpClient({
    transport: withFault(network, fault, time),
    signal,
    requests,
    refusesDowngrade: dialect.isWary,
  });
  const rateLimit = createRateLimit(dialect, Date.now);
  const mishaps = mishapsOf(fault);
  const note: Session['note'] = (step, ...sentences) => {
    const noted = { step, at: new Date().toISOString(), detail: describeStep(sentences), sentences: [...sentences] };
    steps.push(noted);
    options.onStep?.(noted);
  };
  const start = options.state ?? stateOf(profile.nativeVersion, options.current, options.builtin);
  const stats = createStatsSender({
    profile,
    channel: () => channelOf(profile, session.state),
    statsUrl: options.statsUrl ?? '',
    http,
    rateLimit,
    sent,
    now: Date.now,
    pending: start.pendingStats,
  });
  const session: Session = {
    profile,
    dialect,
    updateUrl: options.updateUrl,
    channelUrl: options.channelUrl ?? '',
    http,
    stats,
    rateLimit,
    time,
    mishaps,
    files: options.files ?? createDeviceFiles(join(folder, 'files')),
    folder,
    openingKey: mishaps.hasWrongKey ? await anotherKey() : profile.publicKey,
    readyTimeoutMs: options.readyTimeoutMs ?? dialect.readyTimeoutMs,
    maxZipRuns: options.maxZipRuns ?? MAX_ZIP_RUNS,
    runner,
    signal,
    note,
    state: { ...start, pendingStats: [] },
    process: { reportedPercent: 0 },
    reusedBytes: 0,
    sources: null,
  };
  if (fault) note('fault', does('FAULT', { fault: fault.name }));
  const end = await work(session);
  const pendingStats = await stats.flush();
  throwIfAborted(signal);
  if (pendingStats.length > 0) note('stats', does('STATS_KEPT', { count: pendingStats.length }));
  return {
    end,
    deviceId: profile.deviceId,
    platform: profile.platform,
    steps,
    requests,
    stats: sent,
    bytes: requests.reduce((sum, request) => sum + (request.bytes ?? 0), 0),
    reused: session.reusedBytes,
    ...(session.sources === null ? {} : { files: session.sources }),
    state: { ...session.state, pendingStats },
  };
}

function profileOf(options: VirtualDeviceOptions): ClientProfile {
  const platform = options.platform ?? 'android';
  const framework = options.framework ?? options.state?.framework ?? 'capacitor';
  return {
    platform,
    framework,
    appId: options.appId,
    deviceId: (options.deviceId ?? randomUUID()).toLowerCase(),
    nativeVersion: options.nativeVersion ?? '1.0.0',
    pluginVersion: options.pluginVersion ?? newestPlugin(platform, framework),
    customId: options.customId ?? '',
    channel: options.channel ?? '',
    publicKey: options.publicKey === undefined ? null : parseKey(options.publicKey).key,
    build: options.build ?? options.state?.build,
  };
}

/** A key that opens nothing. */
async function anotherKey(): Promise<PublicKeyMaterial> {
  const { publicPem, keyId, fingerprint, bits } = await createKeyMaterial();
  return { publicPem, keyId, fingerprint, bits };
}
