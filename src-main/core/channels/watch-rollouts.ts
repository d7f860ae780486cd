import { writeAutoPauseReason } from '#contract/texts/auto-pause-reason.ts';

import type { AppEntry, ChannelEntry } from '../apps/app-directory.ts';
import type { Clock, Logger } from '../ports.ts';
import type { ChannelRecord, ChannelRepository } from '../storage/channel-repository.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import { decideAutoPause } from './auto-pause.ts';
import type { ChannelWriter } from './channel-writer.ts';

/** Stops rollouts on which too many devices fail: capgo-server-and-cli.md §7. */
export type RolloutWatch = {
  /**
   * Call after reports of devices that change the figures are committed. Never throws: devices must get their answer.
   * Each device counts once, by what became of the release on it (ADR 0010).
   */
  check(app: AppEntry): void;
};

export function createRolloutWatch({
  channels,
  devices,
  writer,
  clock,
  logger,
}: {
  readonly channels: Pick<ChannelRepository, 'find' | 'noteAutoPause'>;
  readonly devices: Pick<DeviceRepository, 'trials'>;
  readonly writer: Pick<ChannelWriter, 'write'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): RolloutWatch {
  function look(channel: ChannelRecord): void {
    const { rollout, settings, appId, channelId, name } = channel;
    if (!rollout) return;
    const { autoPause } = settings;
    const nowMs = clock.now();
    const sinceMs = nowMs - autoPause.windowMinutes * 60_000;
    const trials = devices.trials({ appId, channel: name, releaseId: rollout.releaseId, sinceMs });
    const answer = decideAutoPause({
      policy: {
        isEnabled: autoPause.enabled,
        failureRateBps: autoPause.failureRateBps,
        confidence: autoPause.confidence,
        minAttempts: autoPause.minAttempts,
        minFailures: autoPause.minFailures,
        cooldownMs: autoPause.cooldownMinutes * 60_000,
      },
      ...trials,
      nowMs,
      lastTriggeredAtMs: channel.autoPauseTriggeredAtMs,
    });
    channels.noteAutoPause(channelId, nowMs, answer.fires);
    if (!answer.fires) return;
    const reason = writeAutoPauseReason({
      failures: trials.failures,
      attempts: trials.installs + trials.failures,
      windowMinutes: autoPause.windowMinutes,
      lowerBoundBps: answer.lowerBoundBps ?? 0,
    });
    act(channel, reason, nowMs);
  }

  function act(channel: ChannelRecord, reason: string, nowMs: number): void {
    const { rollout, settings } = channel;
    switch (settings.autoPause.action) {
      case 'pause': {
        const paused = rollout && { ...rollout, pausedAtMs: nowMs, pauseReason: reason };
        writer.write(channel, { ...channel, rollout: paused }, 'auto_paused', reason);
        break;
      }
      case 'rollback':
        writer.write(channel, { ...channel, rollout: null }, 'auto_paused', reason);
        break;
      case 'notify':
        writer.write(channel, channel, 'auto_paused', reason);
        break;
    }
    logger.warn({ appId: channel.appId, channel: channel.name, reason }, 'a rollout fails too often');
  }

  return {
    check(app) {
      for (const entry of app.channels) {
        if (!isWatched(entry)) continue;
        try {
          const channel = channels.find(app.appId, entry.channelId);
          if (channel && isWatched(channel)) look(channel);
        } catch (error) {
          logger.error({ err: error, appId: app.appId }, 'a rollout could not be looked at');
        }
      }
    },
  };
}

/** §7: enabled, of somebody, and neither paused already nor without a threshold. */
function isWatched({ rollout, settings: { autoPause } }: Pick<ChannelEntry, 'rollout' | 'settings'>): boolean {
  const isRunning = rollout?.enabled === true && rollout.pausedAtMs === null && rollout.percentageBps > 0;
  return isRunning && autoPause.enabled && autoPause.failureRateBps !== null;
}
