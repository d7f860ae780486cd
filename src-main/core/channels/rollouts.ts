import { randomUUID } from 'node:crypto';

import type { Channel } from '#contract/models/channel.ts';

import { AppError } from '../app-error.ts';
import type { Clock } from '../ports.ts';
import type { ChannelRecord, RolloutRecord } from '../storage/channel-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import type { ChannelRef } from './channel-ref.ts';
import type { ChannelWriter } from './channel-writer.ts';

export type RolloutChange = {
  /** By id or version; may be left out once there is a rollout. */
  readonly release?: string | undefined;
  readonly percentageBps?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly cacheTtlSeconds?: number | undefined;
};

/** What people do with the rollout of a channel. All throw `APP_NOT_FOUND`, `CHANNEL_NOT_FOUND`. */
export type RolloutService = {
  /** Throws `ROLLOUT_NEEDS_TARGET`, `ROLLOUT_NEEDS_RELEASE`, `RELEASE_NOT_FOUND`. */
  setRollout(ref: ChannelRef, change: RolloutChange): Channel;
  /** These throw `ROLLOUT_NOT_FOUND`. */
  pauseRollout(ref: ChannelRef, reason?: string): Channel;
  resumeRollout(ref: ChannelRef): Channel;
  promoteRollout(ref: ChannelRef): Channel;
  rollBackRollout(ref: ChannelRef): Channel;
};

/** Capgo's: capgo-server-and-cli.md §8.1. */
const CACHE_TTL_SECONDS = 2_592_000;

export function createRollouts({
  writer,
  releases,
  present,
  clock,
}: {
  readonly writer: ChannelWriter;
  readonly releases: ReleaseRepository;
  readonly present: (channel: ChannelRecord) => Channel;
  readonly clock: Clock;
}): RolloutService {
  function running({ appId, channel }: ChannelRef): { before: ChannelRecord; rollout: RolloutRecord } {
    const before = writer.find(appId, channel);
    if (!before.rollout) throw new AppError('ROLLOUT_NOT_FOUND', { appId, channel: before.name });
    return { before, rollout: before.rollout };
  }

  function releaseOf(appId: string, release: string): Pick<RolloutRecord, 'releaseId' | 'version'> {
    const found = releases.find(appId, release);
    if (!found) throw new AppError('RELEASE_NOT_FOUND', { appId, release });
    return { releaseId: found.releaseId, version: found.version };
  }

  return {
    setRollout({ appId, channel }, change) {
      const before = writer.find(appId, channel);
      if (before.target.kind === 'none') throw new AppError('ROLLOUT_NEEDS_TARGET', { channel: before.name });
      const old = before.rollout;
      const release = change.release === undefined ? old : releaseOf(appId, change.release);
      if (!release) throw new AppError('ROLLOUT_NEEDS_RELEASE', { channel: before.name });
      const isSame = old !== null && old.releaseId === release.releaseId;
      const rollout: RolloutRecord = {
        // Another release draws its devices anew and runs, whatever the one before did (§5.6).
        rolloutId: isSame ? old.rolloutId : randomUUID(),
        releaseId: release.releaseId,
        version: release.version,
        percentageBps: change.percentageBps ?? old?.percentageBps ?? 0,
        enabled: change.enabled ?? old?.enabled ?? true,
        pausedAtMs: isSame ? old.pausedAtMs : null,
        pauseReason: isSame ? old.pauseReason : null,
        cacheTtlSeconds: change.cacheTtlSeconds ?? old?.cacheTtlSeconds ?? CACHE_TTL_SECONDS,
      };
      return present(writer.write(before, { ...before, rollout }, 'rollout_set').channel);
    },
    pauseRollout(ref, reason) {
      const { before, rollout } = running(ref);
      const pauseReason = reason === undefined || reason === '' ? null : reason;
      const after = { ...before, rollout: { ...rollout, pausedAtMs: clock.now(), pauseReason } };
      return present(writer.write(before, after, 'rollout_paused', pauseReason).channel);
    },
    resumeRollout(ref) {
      const { before, rollout } = running(ref);
      const after = { ...before, rollout: { ...rollout, pausedAtMs: null, pauseReason: null } };
      return present(writer.write(before, after, 'rollout_resumed').channel);
    },
    promoteRollout(ref) {
      const { before, rollout } = running(ref);
      const { releaseId, version } = rollout;
      const after: ChannelRecord = { ...before, target: { kind: 'release', releaseId, version }, rollout: null };
      return present(writer.write(before, after, 'rollout_promoted').channel);
    },
    rollBackRollout(ref) {
      const { before } = running(ref);
      return present(writer.write(before, { ...before, rollout: null }, 'rollout_rolled_back').channel);
    },
  };
}
