import type { Channel } from '#contract/models/channel.ts';
import type { Device } from '#contract/models/device.ts';

/** Where the channel that decides for a device comes from; keys of the words in the catalogue. */
export type ChannelSource = 'tied' | 'kept' | 'asked' | 'public' | 'unknown' | 'none';

type Facts = Pick<Device, 'channel' | 'override' | 'keptChannel' | 'requestedChannel'>;

/** `unknown` is a channel that the device asked for and that is not there, so that the public one decided. */
export function channelSource({ channel, override, keptChannel, requestedChannel }: Facts): ChannelSource {
  if (override !== null) return override.kind === 'channel' ? 'tied' : 'none';
  if (channel === null) return 'none';
  if (keptChannel === channel) return 'kept';
  if (requestedChannel === channel) return 'asked';
  return requestedChannel === null ? 'public' : 'unknown';
}

/** Version of the rollout that the device has to do with: it runs it, or is on its way to it. */
export function rolloutOf(
  device: Pick<Device, 'channel' | 'override' | 'bundleVersion' | 'state'>,
  channels: readonly Pick<Channel, 'name' | 'rollout'>[],
): string | null {
  const name = device.override?.kind === 'channel' ? device.override.channel : device.channel;
  const rollout = channels.find((channel) => channel.name === name)?.rollout ?? null;
  if (rollout === null) return null;
  const { state } = device;
  const isOnIt = device.bundleVersion === rollout.version || ('version' in state && state.version === rollout.version);
  return isOnIt ? rollout.version : null;
}
