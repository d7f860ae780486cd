import type { SimulationResult, SimulationStep } from '#contract/models/virtual-device.ts';
import type { SimulationSentence } from '#contract/texts/simulation-texts.ts';

import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import type { AppRunner } from './app-runner.ts';
import { builtinName, type ClientProfile } from './client-profile.ts';
import type { DeviceFiles } from './device-files.ts';
import type { DeviceTime } from './device-time.ts';
import type { Dialect } from './dialect.ts';
import type { Mishaps } from './faults.ts';
import type { HttpClient } from './http-client.ts';
import type { RateLimit } from './rate-limit.ts';
import type { StatsSender } from './stats-sender.ts';
import { currentBundle, type VirtualState } from './virtual-state.ts';

/** One virtual device while it runs. What changes is `state`, `process` and `reused`. */
export type Session = {
  readonly profile: ClientProfile;
  readonly dialect: Dialect;
  readonly updateUrl: string;
  readonly channelUrl: string;
  readonly http: HttpClient;
  readonly stats: StatsSender;
  readonly rateLimit: RateLimit;
  readonly time: DeviceTime;
  readonly mishaps: Mishaps;
  readonly files: DeviceFiles;
  /** For what is gone at the end. */
  readonly folder: string;
  /** What the app opens bundles with: not always the key that it names. */
  readonly openingKey: PublicKeyMaterial | null;
  readonly readyTimeoutMs: number;
  /** How often the work queue of Android runs a broken download before this device gives up watching. */
  readonly maxZipRuns: number;
  /** Null: whether an app gets ready is told from its text. */
  readonly runner: AppRunner | null;
  readonly signal: AbortSignal | undefined;
  readonly note: (step: SimulationStep['step'], ...sentences: readonly SimulationSentence[]) => void;
  state: VirtualState;
  /** Gone when the app is closed. */
  process: {
    /** Android reports each ten percent once in its life: clients.md §2.3. */
    reportedPercent: number;
  };
  reusedBytes: number;
  /** Files of a manifest by where they came from; null until there was one. */
  sources: NonNullable<SimulationResult['files']> | null;
};

/** What the device calls the bundle that it runs. */
export function runningName({ profile, state }: Session): string {
  return currentBundle(state)?.version ?? builtinName(profile);
}

/** The id of the bundle that it runs; the store's is called by a word (clients.md §9.1). */
export function runningId({ state }: Session): string {
  return state.currentId ?? 'builtin';
}

/** `defaultChannel` as requests carry it. */
export function channelOf(profile: ClientProfile, state: VirtualState): string {
  return state.chosenChannel ?? profile.channel;
}

/** Android's rhythm: by tens, upwards only, `download_0` never (clients.md §2.3, §13.35). */
export function reportPercent({ stats, process }: Session, percent: number, version: string): void {
  if (percent >= 100) {
    stats.send({ action: 'download_complete', version });
    process.reportedPercent = 100;
    return;
  }
  const tens = Math.floor(percent / 10) * 10;
  if (tens <= process.reportedPercent) return;
  process.reportedPercent = tens;
  stats.send({ action: `download_${tens}`, version });
}
