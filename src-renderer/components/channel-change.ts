import type { ChannelChange, ChannelSettings } from '#contract/models/channel.ts';

/** The change that takes a change back. */
export function inverseChange(before: ChannelSettings, change: ChannelChange): ChannelChange {
  const { autoPause, ...flat } = change;
  const names = Object.keys(flat) as (keyof typeof flat)[];
  return {
    ...Object.fromEntries(names.map((name) => [name, before[name]])),
    ...(autoPause === undefined ? {} : { autoPause: before.autoPause }),
  };
}
