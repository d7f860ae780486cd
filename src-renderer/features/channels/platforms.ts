import type { Channel, ChannelSettings } from '#contract/models/channel.ts';

export const platforms = ['ios', 'android', 'electron'] as const;
export type ChannelPlatform = (typeof platforms)[number];

type Gates = Pick<ChannelSettings, 'public' | ChannelPlatform>;

/** The platforms that a channel is public for. */
export function publicPlatforms(settings: Gates): readonly ChannelPlatform[] {
  return settings.public ? platforms.filter((platform) => settings[platform]) : [];
}

export type PublicChange = {
  /** Channels that stop being public, since there is one for each platform. */
  readonly unpublished: readonly Channel[];
  /** Platforms that had a public channel and have none then. */
  readonly lost: readonly ChannelPlatform[];
};

/** What becomes of the public channels when the settings of `channel` become `after`. */
export function publicChange(channel: Channel, after: Gates, channels: readonly Channel[]): PublicChange {
  const others = channels.filter(({ id }) => id !== channel.id);
  const wanted = new Set(publicPlatforms(after));
  const unpublished = others.filter((other) => publicPlatforms(other).some((platform) => wanted.has(platform)));
  const kept = others.filter((other) => !unpublished.includes(other));
  const before = new Set([channel, ...others].flatMap(publicPlatforms));
  const served = new Set([...wanted, ...kept.flatMap(publicPlatforms)]);
  const lost = platforms.filter((platform) => before.has(platform) && !served.has(platform));
  return { unpublished, lost };
}
