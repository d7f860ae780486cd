import { createHash } from 'node:crypto';

import type { Platform } from '#contract/models/common.ts';
import { told } from '#contract/texts/activity-texts.ts';

import type { ChannelEntry } from '../apps/app-directory.ts';
import { decideRollout, type RolloutAnswer } from '../channels/rollout.ts';
import type { RolloutMemory } from '../devices/device-facts.ts';
import { pass, refusal, stop, upToDate, type Draft, type Rule, type Verdict } from './decision.ts';
import { failedBefore } from './failed-versions.ts';

/** Who decides for the device, and what is offered: capgo-server-and-cli.md §5.4, steps 21 and 22, §5.5, §5.6. */
export const channelRules: readonly Rule[] = [
  { name: 'device.override', apply: applyOverride },
  { name: 'channel.select', apply: selectChannel },
  { name: 'channel.rollout', apply: applyRollout },
  { name: 'channel.target', apply: checkTarget },
];

/** What a person decided for this device goes before everything it asks for. */
function applyOverride(draft: Draft): Verdict {
  const { override } = draft.device;
  switch (override?.kind) {
    case undefined:
      return pass('Nobody decided anything for this device.');
    case 'blocked':
      return stop(
        'A person blocked this device.',
        refusal('blocked', 'device_blocked', told('DEVICE_BLOCKED'), { version: draft.info?.versionName }),
        { override: 'blocked' },
        {
          remedy: 'Unblock the device.',
          action: { kind: 'clearOverride', deviceId: draft.info?.deviceId ?? '' },
        },
      );
    case 'builtin':
      draft.target = { kind: 'builtin' };
      return pass('A person sent this device back to the bundle of the store.', { override: 'builtin' });
    case 'release':
      draft.target = override;
      return pass(`A person chose ${override.version} for this device.`, {
        override: 'release',
        version: override.version,
      });
    case 'channel':
      return pass(`A person tied this device to channel ${override.channel}.`, {
        override: 'channel',
        channel: override.channel,
      });
  }
}

function selectChannel(draft: Draft): Verdict {
  const { app, info, dialect, device } = draft;
  const { override } = device;
  if (override && override.kind !== 'channel') {
    return pass("No channel is asked: a person decided for this device, and no channel's rules apply.");
  }
  const platform = info?.platform ?? 'unknown';
  const asked = info?.defaultChannel ?? null;
  const byId = (channelId: number | null): ChannelEntry | undefined =>
    channelId === null ? undefined : app.channels.find((channel) => channel.channelId === channelId);
  const choose = (channel: ChannelEntry, detail: string, by?: 'tied' | 'kept'): Verdict => {
    draft.channel = channel;
    draft.isTied = by !== undefined;
    return pass(detail, { defaultChannel: asked, channel: channel.name, platform, ...(by ? { by } : {}) });
  };

  const tied = override ? byId(override.channelId) : undefined;
  if (tied) return choose(tied, `It is tied to channel ${tied.name}.`, 'tied');
  const kept = dialect.channelKeptBy === 'server' ? byId(device.keptChannelId) : undefined;
  if (kept) return choose(kept, `It chose channel ${kept.name}, which is kept here for its old plugin.`, 'kept');

  const byName = asked === null ? undefined : app.channels.find(({ name }) => name === asked);
  if (byName) {
    if (!isOn(byName, platform)) return refuseChannel(draft, byName, 'platform');
    if (!byName.settings.public && !byName.settings.allowDeviceSelfSet) return refuseChannel(draft, byName, 'private');
    return choose(byName, `It asks for channel ${byName.name}.`);
  }
  const fallback = app.channels.find((channel) => channel.settings.public && isOn(channel, platform));
  if (!fallback) return refuseUnserved(draft, platform);
  if (asked === null) return choose(fallback, `It asks for no channel and gets the public one, ${fallback.name}.`);
  return choose(
    fallback,
    `It asks for channel "${asked}", which does not exist, and gets the public one, ${fallback.name}. Capgo would answer no_channel.`,
  );
}

/** Whether the channel serves the platform; one that nobody knows is served like a phone. */
function isOn({ settings }: ChannelEntry, platform: Platform): boolean {
  return platform === 'unknown' ? settings.ios || settings.android : settings[platform];
}

/** Capgo does not tell a channel that it hides from one that is not there (§5.4, "deliberate anti-oracle"). */
function refuseChannel(draft: Draft, channel: ChannelEntry, reason: 'platform' | 'private'): Verdict {
  const { channelId, name } = channel;
  const platform = draft.info?.platform ?? 'unknown';
  const values = { defaultChannel: name, channel: null, platform, reason };
  const decided = refusal('failed', 'no_channel', told('CHANNEL_NONE'));
  if (reason === 'private') {
    return stop(`It asks for channel ${name}, which devices may not choose themselves.`, decided, values, {
      remedy: `Let devices choose ${name}, or tie this one to it.`,
      action: { kind: 'setChannel', channelId, channel: name, change: { allowDeviceSelfSet: true } },
    });
  }
  const change = platform === 'unknown' ? { android: true } : { [platform]: true };
  return stop(`It asks for channel ${name}, which is not for ${platform}.`, decided, values, {
    remedy: `Let ${name} serve ${platform}.`,
    action: { kind: 'setChannel', channelId, channel: name, change },
  });
}

function refuseUnserved({ app, info }: Draft, platform: Platform): Verdict {
  const standard = app.channels.find(({ isDefault }) => isDefault) ?? app.channels[0];
  const values = { defaultChannel: info?.defaultChannel ?? null, channel: null, platform };
  const decided = refusal('failed', 'no_channel', told('CHANNEL_NONE'));
  if (!standard) {
    return stop('The app has no channel.', decided, { ...values, reason: 'none' }, { remedy: 'Create a channel.' });
  }
  const { channelId, name } = standard;
  const change = platform === 'unknown' ? { public: true } : { public: true, [platform]: true };
  return stop(`No channel is public for ${platform}.`, decided, values, {
    remedy: `Make a channel public for ${platform}, such as ${name}.`,
    action: { kind: 'setChannel', channelId, channel: name, change },
  });
}

function applyRollout(draft: Draft): Verdict {
  const { channel, device, info, running, nowMs } = draft;
  if (!channel) return pass('No channel is asked.');
  draft.target = channel.target;
  const { rollout } = channel;
  if (!rollout) return pass(`Channel ${channel.name} rolls nothing out.`);
  const { rolloutId, version, percentageBps } = rollout;
  const values = { rollout: version, percentage_bps: percentageBps, enabled: rollout.enabled };
  const failed = failedBefore(device, version, draft.native);
  if (failed) {
    return pass(`${version} is rolled out, but failed on this device; it gets what the others get.`, {
      ...values,
      selected: false,
      failed: failed.action,
    });
  }
  const found = device.rollouts[channel.channelId];
  const memory = found?.rolloutId === rolloutId ? found : undefined;
  const isFresh = memory !== undefined && nowMs - memory.atMs <= rollout.cacheTtlSeconds * 1000;
  const draws = memory?.draws ?? 0;
  const answer = decideRollout({
    isEnabled: rollout.enabled,
    isPaused: rollout.pausedAtMs !== null,
    percentageBps,
    isOnRollout: running === version,
    earlier: isFresh ? memory : null,
    draw: () => drawFor(rolloutId, info?.deviceId ?? '', draws),
  });
  if (answer.remember) {
    const isDrawn = answer.reason === 'drawn' || answer.reason === 'drawn_again';
    const kept: RolloutMemory = { ...answer.remember, rolloutId, draws: draws + Number(isDrawn), atMs: nowMs };
    draft.remember = { channelId: channel.channelId, memory: kept };
  }
  if (answer.isSelected) draft.target = { kind: 'release', releaseId: rollout.releaseId, version };
  return pass(rolloutSentence(answer, version, percentageBps), {
    ...values,
    selected: answer.isSelected,
    decision: answer.reason,
  });
}

function rolloutSentence({ reason, isSelected }: RolloutAnswer, version: string, bps: number): string {
  const share = `${bps / 100} % of the devices`;
  switch (reason) {
    case 'disabled':
      return `The rollout of ${version} is switched off.`;
    case 'percentage_zero':
      return `The rollout of ${version} is at 0 %.`;
    case 'already_on_rollout':
      return `${version} is rolled out, and it runs it already.`;
    case 'paused':
      return `The rollout of ${version} is paused.`;
    case 'kept':
      return isSelected
        ? `${version} is rolled out to ${share}, and it was chosen before.`
        : `${version} is rolled out to ${share}, and it was left out before.`;
    case 'drawn':
    case 'drawn_again':
      return isSelected
        ? `${version} is rolled out to ${share}, and it was chosen.`
        : `${version} is rolled out to ${share}, and it was left out.`;
  }
}

/**
 * A draw of 0..9,999: uniform over devices and rollouts, since the rollout's id is random, and the same whenever it is
 * asked, so that "what would it be answered" is what it will be answered.
 */
function drawFor(rolloutId: string, deviceId: string, draw: number): number {
  const digest = createHash('sha256').update(`${rolloutId}\n${draw}\n${deviceId}`).digest();
  return digest.readUIntBE(0, 6) % 10_000;
}

function checkTarget(draft: Draft): Verdict {
  const { channel, target, running, info } = draft;
  const who = channel ? `Channel ${channel.name}` : 'The choice for this device';
  switch (target.kind) {
    case 'none': {
      // Not Capgo's `no_bundle`: that one is `failed`, and a phone connected before the first publish would report
      // a failed download at each check.
      const name = channel?.name ?? '';
      const message = `Nothing is published on channel ${name} yet`;
      return stop(
        `Channel ${name} offers nothing yet.`,
        upToDate(info, message, running ? told('NOTHING_PUBLISHED_FOR', { running }) : told('NOTHING_PUBLISHED')),
        { channel: name, target: 'none' },
        {
          remedy: `Publish a release to ${name}.`,
          ...(channel ? { action: { kind: 'publish', channelId: channel.channelId, channel: name } } : {}),
        },
      );
    }
    case 'builtin':
      return pass(`${who} offers the bundle of the store.`, { channel: channel?.name ?? null, target: 'builtin' });
    case 'release':
      return pass(`${who} offers ${target.version}.`, { channel: channel?.name ?? null, target: target.version });
  }
}
