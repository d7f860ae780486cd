import type { ChannelCause, ChannelSettings, ChannelTarget } from '#contract/models/channel.ts';

import {
  defaultAutoPause,
  defaultSettings,
  settingChanges,
  type SettingChanges,
} from '../channels/channel-settings.ts';
import type { Database } from './database.ts';

/** A second release for a share of the devices. */
export type RolloutRecord = {
  readonly rolloutId: string;
  readonly releaseId: string;
  readonly version: string;
  readonly percentageBps: number;
  readonly enabled: boolean;
  readonly pausedAtMs: number | null;
  readonly pauseReason: string | null;
  readonly cacheTtlSeconds: number;
};

export type ChannelRecord = {
  readonly channelId: number;
  readonly appId: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly target: ChannelTarget;
  readonly settings: ChannelSettings;
  readonly rollout: RolloutRecord | null;
  readonly autoPauseTriggeredAtMs: number | null;
  readonly autoPauseCheckedAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

export type ChannelHistoryRecord = {
  readonly id: number;
  readonly channelId: number;
  readonly atMs: number;
  readonly cause: ChannelCause;
  readonly before: ChannelTarget;
  readonly target: ChannelTarget;
  readonly changes: SettingChanges;
  readonly note: string | null;
};

/** Why a channel changes: every change leaves a line in its history. */
export type ChangeReason = { readonly cause: ChannelCause; readonly atMs: number; readonly note?: string | null };

type ChannelRow = {
  readonly channelId: number;
  readonly appId: string;
  readonly name: string;
  readonly isDefault: number;
  readonly targetKind: ChannelTarget['kind'];
  readonly releaseId: string | null;
  readonly version: string | null;
  readonly isPublic: number;
  readonly ios: number;
  readonly android: number;
  readonly electron: number;
  readonly rulesJson: string;
  readonly rolloutReleaseId: string | null;
  readonly rolloutVersion: string | null;
  readonly rolloutId: string | null;
  readonly rolloutBps: number;
  readonly rolloutEnabled: number;
  readonly rolloutPausedAtMs: number | null;
  readonly rolloutPauseReason: string | null;
  readonly rolloutTtlS: number;
  readonly autoPauseTriggeredAtMs: number | null;
  readonly autoPauseCheckedAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

type HistoryRow = Omit<ChannelHistoryRecord, 'before' | 'target' | 'changes'> & {
  readonly beforeJson: string;
  readonly targetJson: string;
  readonly changesJson: string;
};

export type ChannelRepository = {
  /** A channel that offers nothing yet; its id. Fails when the name is taken or another one is public there. */
  insert(channel: {
    readonly appId: string;
    readonly name: string;
    readonly isDefault: boolean;
    readonly settings: ChannelSettings;
    readonly atMs: number;
  }): number;
  /** The default channel first, then by name. */
  list(appId: string): ChannelRecord[];
  /** By its id, or by its name. */
  find(appId: string, channel: number | string): ChannelRecord | undefined;
  /** Writes the channel and why. What becomes public or default must first have been taken from others. */
  save(before: ChannelRecord, after: ChannelRecord, reason: ChangeReason): void;
  noteAutoPause(channelId: number, atMs: number, isTriggered: boolean): void;
  /** With its history. Fails while a device is tied to it. */
  remove(channelId: number): void;
  pointAtRelease(channelId: number, releaseId: string, atMs: number): void;
  /** Channels that offer the release or roll it out. */
  using(releaseId: string): ChannelRecord[];
  /** Makes every channel that offers the release offer nothing, and ends its rollouts. */
  detach(releaseId: string, atMs: number): void;
  /** Newest first. */
  history(
    channelId: number,
    page: { readonly limit: number; readonly beforeId?: number | undefined },
  ): ChannelHistoryRecord[];
};

const select = `
  SELECT c.channel_id AS channelId, c.app_id AS appId, c.name, c.is_default AS isDefault, c.target_kind AS targetKind,
         c.release_id AS releaseId, r.version, c.is_public AS isPublic, c.on_ios AS ios, c.on_android AS android,
         c.on_electron AS electron, c.rules_json AS rulesJson, c.rollout_release_id AS rolloutReleaseId,
         o.version AS rolloutVersion, c.rollout_id AS rolloutId, c.rollout_bps AS rolloutBps,
         c.rollout_enabled AS rolloutEnabled, c.rollout_paused_at_ms AS rolloutPausedAtMs,
         c.rollout_pause_reason AS rolloutPauseReason, c.rollout_ttl_s AS rolloutTtlS,
         c.auto_pause_triggered_at_ms AS autoPauseTriggeredAtMs, c.auto_pause_checked_at_ms AS autoPauseCheckedAtMs,
         c.created_at_ms AS createdAtMs, c.updated_at_ms AS updatedAtMs
  FROM channels c
  LEFT JOIN releases r ON r.release_id = c.release_id
  LEFT JOIN releases o ON o.release_id = c.rollout_release_id`;

export function createChannelRepository(database: Database): ChannelRepository {
  const one = (where: string, ...values: (string | number)[]): ChannelRecord | undefined => {
    const row = database.get<ChannelRow>(`${select} WHERE ${where}`, ...values);
    return row && toRecord(row);
  };

  function using(releaseId: string): ChannelRecord[] {
    return database
      .all<ChannelRow>(
        `${select} WHERE c.release_id = ?1 OR c.rollout_release_id = ?1 ORDER BY c.name COLLATE NOCASE`,
        releaseId,
      )
      .map(toRecord);
  }

  function save(before: ChannelRecord, after: ChannelRecord, { cause, atMs, note }: ChangeReason): void {
    const { settings, rollout, target } = after;
    database.run(
      `UPDATE channels SET name = ?, is_default = ?, target_kind = ?, release_id = ?, is_public = ?, on_ios = ?,
         on_android = ?, on_electron = ?, rules_json = ?, rollout_release_id = ?, rollout_id = ?, rollout_bps = ?,
         rollout_enabled = ?, rollout_paused_at_ms = ?, rollout_pause_reason = ?, rollout_ttl_s = ?, updated_at_ms = ?
       WHERE channel_id = ?`,
      after.name,
      Number(after.isDefault),
      target.kind,
      target.kind === 'release' ? target.releaseId : null,
      Number(settings.public),
      Number(settings.ios),
      Number(settings.android),
      Number(settings.electron),
      rulesJson(settings),
      rollout?.releaseId ?? null,
      rollout?.rolloutId ?? null,
      rollout?.percentageBps ?? 0,
      Number(rollout?.enabled ?? false),
      rollout?.pausedAtMs ?? null,
      rollout?.pauseReason ?? null,
      rollout?.cacheTtlSeconds ?? 2_592_000,
      atMs,
      after.channelId,
    );
    database.run(
      `INSERT INTO channel_history (channel_id, at_ms, cause, before_json, target_json, changes_json, note)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      after.channelId,
      atMs,
      cause,
      JSON.stringify(before.target),
      JSON.stringify(target),
      JSON.stringify(changesOf(before, after)),
      note ?? null,
    );
  }

  return {
    insert({ appId, name, isDefault, settings, atMs }) {
      const { lastInsertRowid } = database.run(
        `INSERT INTO channels (app_id, name, is_default, target_kind, is_public, on_ios, on_android, on_electron,
                               rules_json, created_at_ms, updated_at_ms)
         VALUES (?, ?, ?, 'none', ?, ?, ?, ?, ?, ?, ?)`,
        appId,
        name,
        Number(isDefault),
        Number(settings.public),
        Number(settings.ios),
        Number(settings.android),
        Number(settings.electron),
        rulesJson(settings),
        atMs,
        atMs,
      );
      const none = JSON.stringify({ kind: 'none' } satisfies ChannelTarget);
      database.run(
        `INSERT INTO channel_history (channel_id, at_ms, cause, before_json, target_json, changes_json)
         VALUES (?, ?, 'created', ?, ?, '{}')`,
        lastInsertRowid,
        atMs,
        none,
        none,
      );
      return lastInsertRowid;
    },
    list: (appId) =>
      database
        .all<ChannelRow>(`${select} WHERE c.app_id = ? ORDER BY c.is_default DESC, c.name COLLATE NOCASE`, appId)
        .map(toRecord),
    find: (appId, channel) =>
      one(`c.app_id = ? AND ${typeof channel === 'number' ? 'c.channel_id' : 'c.name'} = ?`, appId, channel),
    save,
    noteAutoPause(channelId, atMs, isTriggered) {
      database.run(
        `UPDATE channels SET auto_pause_checked_at_ms = ?1,
           auto_pause_triggered_at_ms = iif(?2, ?1, auto_pause_triggered_at_ms) WHERE channel_id = ?3`,
        atMs,
        Number(isTriggered),
        channelId,
      );
    },
    remove(channelId) {
      database.run('DELETE FROM channels WHERE channel_id = ?', channelId);
    },
    pointAtRelease(channelId, releaseId, atMs) {
      const before = one('c.channel_id = ?', channelId);
      const version = database.get<{ version: string }>('SELECT version FROM releases WHERE release_id = ?', releaseId);
      if (!before || !version) return;
      const target = { kind: 'release', releaseId, version: version.version } as const;
      save(before, { ...before, target }, { cause: 'published', atMs });
    },
    using,
    detach(releaseId, atMs) {
      for (const before of using(releaseId)) {
        const isTarget = before.target.kind === 'release' && before.target.releaseId === releaseId;
        const isRolledOut = before.rollout?.releaseId === releaseId;
        const after: ChannelRecord = {
          ...before,
          target: isTarget ? { kind: 'none' } : before.target,
          rollout: isRolledOut ? null : before.rollout,
        };
        save(before, after, { cause: 'release_deleted', atMs });
      }
    },
    history: (channelId, { limit, beforeId = Number.MAX_SAFE_INTEGER }) =>
      database
        .all<HistoryRow>(
          `SELECT id, channel_id AS channelId, at_ms AS atMs, cause, before_json AS beforeJson,
                  target_json AS targetJson, changes_json AS changesJson, note
           FROM channel_history WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
          channelId,
          beforeId,
          limit,
        )
        .map(toHistoryRecord),
  };
}

function changesOf(before: ChannelRecord, after: ChannelRecord): SettingChanges {
  const changes = settingChanges(before.settings, after.settings);
  if (before.name !== after.name) changes['name'] = { from: before.name, to: after.name };
  if (before.isDefault !== after.isDefault) changes['isDefault'] = { from: before.isDefault, to: after.isDefault };
  for (const name of ['version', 'percentageBps', 'enabled', 'cacheTtlSeconds'] as const) {
    const from = before.rollout?.[name] ?? null;
    const to = after.rollout?.[name] ?? null;
    if (from !== to) changes[`rollout.${name}`] = { from, to };
  }
  return changes;
}

/** The rules that have no column of their own: nobody searches by them. */
function rulesJson(settings: ChannelSettings): string {
  const { allowDeviceSelfSet, allowEmulator, allowDevice, allowDev, allowProd, minUpdateVersion } = settings;
  const { disableAutoUpdate, disableAutoUpdateUnderNative, autoPause } = settings;
  return JSON.stringify({
    allowDeviceSelfSet,
    allowEmulator,
    allowDevice,
    allowDev,
    allowProd,
    disableAutoUpdate,
    disableAutoUpdateUnderNative,
    minUpdateVersion,
    autoPause,
  });
}

function toRecord(row: ChannelRow): ChannelRecord {
  const { targetKind, releaseId, version } = row;
  const target: ChannelTarget =
    targetKind === 'release' && releaseId !== null && version !== null
      ? { kind: 'release', releaseId, version }
      : targetKind === 'builtin'
        ? { kind: 'builtin' }
        : { kind: 'none' };
  const rules = JSON.parse(row.rulesJson) as Partial<ChannelSettings>;
  return {
    channelId: row.channelId,
    appId: row.appId,
    name: row.name,
    isDefault: row.isDefault === 1,
    target,
    settings: {
      ...defaultSettings,
      ...rules,
      autoPause: { ...defaultAutoPause, ...rules.autoPause },
      public: row.isPublic === 1,
      ios: row.ios === 1,
      android: row.android === 1,
      electron: row.electron === 1,
    },
    rollout: toRollout(row),
    autoPauseTriggeredAtMs: row.autoPauseTriggeredAtMs,
    autoPauseCheckedAtMs: row.autoPauseCheckedAtMs,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}

function toRollout(row: ChannelRow): RolloutRecord | null {
  const { rolloutId, rolloutReleaseId: releaseId, rolloutVersion: version } = row;
  if (rolloutId === null || releaseId === null || version === null) return null;
  return {
    rolloutId,
    releaseId,
    version,
    percentageBps: row.rolloutBps,
    enabled: row.rolloutEnabled === 1,
    pausedAtMs: row.rolloutPausedAtMs,
    pauseReason: row.rolloutPauseReason,
    cacheTtlSeconds: row.rolloutTtlS,
  };
}

function toHistoryRecord({ beforeJson, targetJson, changesJson, ...rest }: HistoryRow): ChannelHistoryRecord {
  return {
    ...rest,
    before: JSON.parse(beforeJson) as ChannelTarget,
    target: JSON.parse(targetJson) as ChannelTarget,
    changes: JSON.parse(changesJson) as SettingChanges,
  };
}
