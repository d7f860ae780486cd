import type { ChannelCause } from '#contract/models/channel.ts';

import { AppError } from '../app-error.ts';
import type { AppDirectory } from '../apps/app-directory.ts';
import type { EventHub } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import type { ChannelRecord, ChannelRepository } from '../storage/channel-repository.ts';
import type { Database } from '../storage/database.ts';
import { publicOverlap } from './channel-settings.ts';

export type ChannelWriterDeps = {
  readonly database: Database;
  readonly channels: ChannelRepository;
  readonly directory: AppDirectory;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly isApp: (appId: string) => boolean;
};

export type Written = { readonly channel: ChannelRecord; readonly unpublished: readonly string[] };

type GaveWay = { readonly channelId: number; readonly name: string; readonly isUnpublished: boolean };

/** The one way by which people change channels: checks, history, caches and news in one place. */
export type ChannelWriter = {
  /** By id or name. Throws `APP_NOT_FOUND`, `CHANNEL_NOT_FOUND`. */
  find(appId: string, channel: number | string): ChannelRecord;
  /**
   * Writes a changed channel. Of channels that would be public on the same platform it takes that away, and of the
   * default one that it is the default.
   */
  write(before: ChannelRecord, after: ChannelRecord, cause: ChannelCause, note?: string | null): Written;
  /** After the commit of a change that was made otherwise. */
  announce(appId: string, channelIds: readonly number[]): void;
};

export function createChannelWriter(deps: ChannelWriterDeps): ChannelWriter {
  const { database, channels, directory, events, clock, isApp } = deps;

  function announce(appId: string, channelIds: readonly number[]): void {
    directory.invalidate(appId);
    for (const channelId of channelIds) events.emit('channel.changed', { appId, channelId });
  }

  /** Makes room for what the channel becomes. */
  function giveWay(after: ChannelRecord, atMs: number): GaveWay[] {
    const others = channels.list(after.appId).filter(({ channelId }) => channelId !== after.channelId);
    const changed: GaveWay[] = [];
    for (const other of others) {
      const { channelId, name } = other;
      const isUnpublished = publicOverlap(after.settings, other.settings);
      const isReplaced = after.isDefault && other.isDefault;
      if (!isUnpublished && !isReplaced) continue;
      const settings = isUnpublished ? { ...other.settings, public: false } : other.settings;
      const cause = isUnpublished ? 'unpublished' : 'settings_changed';
      channels.save(other, { ...other, settings, isDefault: other.isDefault && !isReplaced }, { cause, atMs });
      changed.push({ channelId, name, isUnpublished });
    }
    return changed;
  }

  return {
    find(appId, channel) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      const found = channels.find(appId, channel);
      if (!found) throw new AppError('CHANNEL_NOT_FOUND', { appId, channel });
      return found;
    },
    write(before, after, cause, note = null) {
      const atMs = clock.now();
      const changed = database.transaction(() => {
        const others = giveWay(after, atMs);
        channels.save(before, after, { cause, atMs, note });
        return others;
      });
      announce(after.appId, [after.channelId, ...changed.map(({ channelId }) => channelId)]);
      if (before.name !== after.name || before.isDefault !== after.isDefault) {
        events.emit('app.changed', { appId: after.appId });
      }
      return {
        channel: channels.find(after.appId, after.channelId) ?? after,
        unpublished: changed.filter(({ isUnpublished }) => isUnpublished).map(({ name }) => name),
      };
    },
    announce,
  };
}
