import type {
  ChangedChannel,
  Channel,
  ChannelChange,
  ChannelHistoryEntry,
  ChannelTarget,
} from '#contract/models/channel.ts';

import { AppError } from '../app-error.ts';
import type { ChannelHistoryRecord, ChannelRecord } from '../storage/channel-repository.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { FigureRepository } from '../storage/figure-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import { readNativeVersion } from '../updates/native-version.ts';
import type { ChannelRef, TargetInput } from './channel-ref.ts';
import { changeSettings, defaultSettings } from './channel-settings.ts';
import { createChannelWriter, type ChannelWriterDeps, type Written } from './channel-writer.ts';
import { createRollouts, type RolloutService } from './rollouts.ts';

/** All throw `APP_NOT_FOUND`, and `CHANNEL_NOT_FOUND` where a channel is named. */
export type ChannelService = RolloutService & {
  /** The default channel first. */
  list(appId: string): Channel[];
  get(ref: ChannelRef): Channel;
  /** Throws `CHANNEL_NAME_INVALID`, `CHANNEL_EXISTS`, `RELEASE_NOT_FOUND`, `NATIVE_VERSION_INVALID`. */
  create(input: {
    readonly appId: string;
    readonly name: string;
    readonly settings: ChannelChange;
    readonly target?: TargetInput | undefined;
  }): ChangedChannel;
  /** Devices that are tied to it stay so; those that ask for it by the old name no longer find it. */
  rename(ref: ChannelRef, newName: string): Channel;
  /** Throws `NATIVE_VERSION_INVALID`. */
  update(ref: ChannelRef, change: ChannelChange): ChangedChannel;
  makeDefault(ref: ChannelRef): Channel;
  /** Throws `CHANNEL_IS_DEFAULT`, also when forced, and unless forced `CHANNEL_IN_USE`. */
  delete(
    ref: ChannelRef,
    options: { readonly force: boolean },
  ): { readonly channelId: number; readonly name: string; readonly releasedDevices: number };
  /** Throws `RELEASE_NOT_FOUND`. */
  setTarget(ref: ChannelRef, target: TargetInput): Channel;
  history(
    ref: ChannelRef,
    page: { readonly limit: number; readonly beforeId?: number | undefined },
  ): ChannelHistoryEntry[];
  /** Without an entry: to what it offered before. Throws `CHANNEL_HAS_NO_PAST`. */
  rollBack(ref: ChannelRef, entryId?: number): Channel;
};

export type ChannelDeps = ChannelWriterDeps & {
  readonly releases: ReleaseRepository;
  readonly devices: DeviceRepository;
  readonly figures: Pick<FigureRepository, 'renameChannel'>;
};

/** Names go into configs, file names and command lines. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,59}$/u;

export function createChannels(deps: ChannelDeps): ChannelService {
  const { database, channels, releases, devices, figures, clock, isApp } = deps;
  const writer = createChannelWriter(deps);

  function assertFreeName(appId: string, name: string): void {
    if (!namePattern.test(name) || name === 'builtin') throw new AppError('CHANNEL_NAME_INVALID', { channel: name });
    if (channels.find(appId, name)) throw new AppError('CHANNEL_EXISTS', { appId, channel: name });
  }

  function present(appId: string, records: readonly ChannelRecord[]): Channel[] {
    const use = devices.channelUse(appId);
    const rollouts = devices.rolloutUse(appId);
    return records.map((record) => {
      const { rollout } = record;
      return {
        ...record.settings,
        id: record.channelId,
        appId,
        name: record.name,
        isDefault: record.isDefault,
        target: record.target,
        rollout: rollout && {
          rolloutId: rollout.rolloutId,
          releaseId: rollout.releaseId,
          version: rollout.version,
          percentageBps: rollout.percentageBps,
          enabled: rollout.enabled,
          pausedAt: timestampOf(rollout.pausedAtMs),
          pauseReason: rollout.pauseReason,
          cacheTtlSeconds: rollout.cacheTtlSeconds,
          ...(rollouts.get(rollout.rolloutId) ?? { selectedDevices: 0, decidedDevices: 0 }),
        },
        autoPauseLastTriggeredAt: timestampOf(record.autoPauseTriggeredAtMs),
        autoPauseLastCheckedAt: timestampOf(record.autoPauseCheckedAtMs),
        ...(use.get(record.name) ?? { deviceCount: 0, overrideCount: 0 }),
        createdAt: toTimestamp(record.createdAtMs),
        updatedAt: toTimestamp(record.updatedAtMs),
      };
    });
  }

  function presentOne(record: ChannelRecord): Channel {
    const [channel] = present(record.appId, [record]);
    if (!channel) throw new AppError('CHANNEL_NOT_FOUND', { appId: record.appId, channel: record.name });
    return channel;
  }

  const presentWritten = ({ channel, unpublished }: Written): ChangedChannel => ({
    channel: presentOne(channel),
    unpublished: [...unpublished],
  });

  function resolve(appId: string, target: TargetInput): ChannelTarget {
    if (target.kind !== 'release') return target;
    const found = releases.find(appId, target.release);
    if (!found) throw new AppError('RELEASE_NOT_FOUND', { appId, release: target.release });
    return { kind: 'release', releaseId: found.releaseId, version: found.version };
  }

  /** Whether the target can be offered again. */
  function isThere(appId: string, target: ChannelTarget): boolean {
    return (
      target.kind === 'builtin' || (target.kind === 'release' && releases.find(appId, target.releaseId) !== undefined)
    );
  }

  const point = (before: ChannelRecord, target: ChannelTarget, cause: 'target_set' | 'rolled_back'): Channel =>
    presentOne(writer.write(before, { ...before, target }, cause).channel);

  return {
    ...createRollouts({ writer, releases, present: presentOne, clock }),
    list(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      return present(appId, channels.list(appId));
    },
    get: ({ appId, channel }) => presentOne(writer.find(appId, channel)),
    create({ appId, name, settings: change, target: wanted }) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      assertFreeName(appId, name);
      assertChange(change);
      const target = wanted === undefined ? ({ kind: 'none' } as const) : resolve(appId, wanted);
      const written = database.transaction(() => {
        const atMs = clock.now();
        // Public only once there is room for it.
        const settings = { ...defaultSettings, public: false };
        const channelId = channels.insert({ appId, name, isDefault: false, settings, atMs });
        const before = writer.find(appId, channelId);
        const after = { ...before, target, settings: changeSettings(defaultSettings, change) };
        const isChanged = target.kind !== 'none' || Object.keys(change).length > 0;
        return isChanged ? writer.write(before, after, 'settings_changed') : { channel: before, unpublished: [] };
      });
      writer.announce(appId, [written.channel.channelId]);
      return presentWritten(written);
    },
    rename({ appId, channel }, newName) {
      const before = writer.find(appId, channel);
      if (newName === before.name) return presentOne(before);
      assertFreeName(appId, newName);
      return database.transaction(() => {
        const { channel: after } = writer.write(before, { ...before, name: newName }, 'renamed');
        devices.renameChannel(appId, before.name, newName);
        figures.renameChannel(appId, before.name, newName);
        return presentOne(after);
      });
    },
    update({ appId, channel }, change) {
      const before = writer.find(appId, channel);
      assertChange(change);
      const settings = changeSettings(before.settings, change);
      return presentWritten(writer.write(before, { ...before, settings }, 'settings_changed'));
    },
    makeDefault({ appId, channel }) {
      const before = writer.find(appId, channel);
      if (before.isDefault) return presentOne(before);
      return presentOne(writer.write(before, { ...before, isDefault: true }, 'settings_changed').channel);
    },
    delete({ appId, channel }, { force }) {
      const { channelId, name, isDefault } = writer.find(appId, channel);
      if (isDefault) throw new AppError('CHANNEL_IS_DEFAULT', { appId, channel: name });
      const tied = devices.tiedToChannel(channelId);
      if (tied.length > 0 && !force) {
        throw new AppError('CHANNEL_IN_USE', { channel: name, devices: tied.slice(0, 20) });
      }
      database.transaction(() => {
        devices.untieChannel(channelId);
        channels.remove(channelId);
      });
      writer.announce(appId, [channelId]);
      for (const deviceId of tied) deps.events.emit('device.changed', { appId, deviceId });
      return { channelId, name, releasedDevices: tied.length };
    },
    setTarget: ({ appId, channel }, target) => point(writer.find(appId, channel), resolve(appId, target), 'target_set'),
    history({ appId, channel }, page) {
      const { channelId, target } = writer.find(appId, channel);
      const canRollBack = (entry: ChannelHistoryRecord): boolean =>
        !sameTarget(entry.target, target) && isThere(appId, entry.target);
      return channels.history(channelId, page).map((entry) => toEntry(entry, canRollBack(entry)));
    },
    rollBack({ appId, channel }, entryId) {
      const before = writer.find(appId, channel);
      const target = pastTarget(before, entryId);
      if (!target || !isThere(appId, target)) throw new AppError('CHANNEL_HAS_NO_PAST', { channel: before.name });
      return point(before, target, 'rolled_back');
    },
  };

  /** What the channel offered before, or since the entry. Steps back from a roll back go further back, not forth. */
  function pastTarget(now: ChannelRecord, entryId: number | undefined): ChannelTarget | undefined {
    const entries = channels.history(now.channelId, { limit: 500 });
    if (entryId !== undefined) return entries.find(({ id }) => id === entryId)?.target;
    const isOther = (target: ChannelTarget): boolean => !sameTarget(target, now.target) && isThere(now.appId, target);
    const since = entries.findIndex(
      ({ cause, target, before }) =>
        cause !== 'rolled_back' && sameTarget(target, now.target) && !sameTarget(before, target),
    );
    return (since === -1 ? entries : entries.slice(since)).map(({ before }) => before).find(isOther);
  }
}

function assertChange({ minUpdateVersion }: ChannelChange): void {
  if (minUpdateVersion == null || readNativeVersion(minUpdateVersion).comparable !== null) return;
  throw new AppError('NATIVE_VERSION_INVALID', { version: minUpdateVersion });
}

function toEntry(entry: ChannelHistoryRecord, canRollBack: boolean): ChannelHistoryEntry {
  const { id, atMs, cause, before, target, changes, note } = entry;
  return { id, at: toTimestamp(atMs), cause, before, target, changes, note, canRollBack };
}

function sameTarget(left: ChannelTarget, right: ChannelTarget): boolean {
  if (left.kind === 'release' && right.kind === 'release') return left.releaseId === right.releaseId;
  return left.kind === right.kind;
}

function timestampOf(atMs: number | null): string | null {
  return atMs === null ? null : toTimestamp(atMs);
}
