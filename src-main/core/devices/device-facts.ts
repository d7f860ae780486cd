import type { DeviceOverride } from '#contract/models/device.ts';

import type { RolloutDecision } from '../channels/rollout.ts';

/** A version that failed on a device. */
export type FailedVersionRecord = {
  readonly version: string;
  /** The stat that said so. */
  readonly action: string;
  readonly atMs: number;
  /** A new native version gives every bundle a new chance: the client deletes them all then (clients.md §9.6). */
  readonly nativeVersion: string | null;
};

/** What was decided for a device in one rollout. */
export type RolloutMemory = RolloutDecision & {
  readonly rolloutId: string;
  /** How often it was drawn: each draw of a device is another one. */
  readonly draws: number;
  readonly atMs: number;
};

/** What is kept of a device that an update decision depends on. */
export type DeviceFacts = {
  readonly override: DeviceOverride | null;
  /** Chosen by a plugin that cannot keep it itself (clients.md §8.5). */
  readonly keptChannelId: number | null;
  readonly failedVersions: readonly FailedVersionRecord[];
  /** By channel id. */
  readonly rollouts: Readonly<Record<string, RolloutMemory>>;
};

/** Of a device that was never seen. */
export const noFacts: DeviceFacts = { override: null, keptChannelId: null, failedVersions: [], rollouts: {} };
