import type { ChannelTarget } from '#contract/models/channel.ts';

import type { Database } from './database.ts';

export type ChannelRecord = {
  readonly channelId: number;
  readonly appId: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly target: ChannelTarget;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

type ChannelRow = {
  readonly channelId: number;
  readonly appId: string;
  readonly name: string;
  readonly isDefault: number;
  readonly targetKind: ChannelTarget['kind'];
  readonly releaseId: string | null;
  readonly version: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

export type ChannelRepository = {
  /** A channel that offers nothing yet; its id. */
  insert(channel: {
    readonly appId: string;
    readonly name: string;
    readonly isDefault: boolean;
    readonly atMs: number;
  }): number;
  /** The default channel first, then by name. */
  list(appId: string): ChannelRecord[];
  pointAtRelease(channelId: number, releaseId: string, atMs: number): void;
  /** Channels that offer the release. */
  using(releaseId: string): ChannelRecord[];
  /** Makes every channel that offers the release offer nothing. */
  detach(releaseId: string, atMs: number): void;
};

const select = `
  SELECT c.channel_id AS channelId, c.app_id AS appId, c.name, c.is_default AS isDefault, c.target_kind AS targetKind,
         c.release_id AS releaseId, r.version, c.created_at_ms AS createdAtMs, c.updated_at_ms AS updatedAtMs
  FROM channels c LEFT JOIN releases r ON r.release_id = c.release_id`;

export function createChannelRepository(database: Database): ChannelRepository {
  return {
    insert({ appId, name, isDefault, atMs }) {
      return database.run(
        `INSERT INTO channels (app_id, name, is_default, target_kind, created_at_ms, updated_at_ms)
         VALUES (?, ?, ?, 'none', ?, ?)`,
        appId,
        name,
        isDefault ? 1 : 0,
        atMs,
        atMs,
      ).lastInsertRowid;
    },
    list: (appId) =>
      database
        .all<ChannelRow>(`${select} WHERE c.app_id = ? ORDER BY c.is_default DESC, c.name COLLATE NOCASE`, appId)
        .map(toRecord),
    pointAtRelease(channelId, releaseId, atMs) {
      database.run(
        `UPDATE channels SET target_kind = 'release', release_id = ?, updated_at_ms = ? WHERE channel_id = ?`,
        releaseId,
        atMs,
        channelId,
      );
    },
    using: (releaseId) =>
      database
        .all<ChannelRow>(`${select} WHERE c.release_id = ? ORDER BY c.name COLLATE NOCASE`, releaseId)
        .map(toRecord),
    detach(releaseId, atMs) {
      database.run(
        `UPDATE channels SET target_kind = 'none', release_id = NULL, updated_at_ms = ? WHERE release_id = ?`,
        atMs,
        releaseId,
      );
    },
  };
}

function toRecord(row: ChannelRow): ChannelRecord {
  const { isDefault, targetKind, releaseId, version, ...rest } = row;
  const target: ChannelTarget =
    targetKind === 'release' && releaseId !== null && version !== null
      ? { kind: 'release', releaseId, version }
      : targetKind === 'builtin'
        ? { kind: 'builtin' }
        : { kind: 'none' };
  return { ...rest, isDefault: isDefault === 1, target };
}
