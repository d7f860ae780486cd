import type { Channel } from '#contract/models/channel.ts';

import { AppError } from '../app-error.ts';
import type { ChannelRecord, ChannelRepository } from '../storage/channel-repository.ts';
import { toTimestamp } from '../storage/time.ts';

export type ChannelService = {
  /** The default channel first. Throws `APP_NOT_FOUND`. */
  list(appId: string): Channel[];
};

export function createChannels({
  channels,
  isApp,
}: {
  readonly channels: ChannelRepository;
  readonly isApp: (appId: string) => boolean;
}): ChannelService {
  return {
    list(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      return channels.list(appId).map(toChannel);
    },
  };
}

function toChannel({ channelId, appId, name, isDefault, target, createdAtMs, updatedAtMs }: ChannelRecord): Channel {
  return {
    id: channelId,
    appId,
    name,
    isDefault,
    target,
    createdAt: toTimestamp(createdAtMs),
    updatedAt: toTimestamp(updatedAtMs),
  };
}
