import type { SQLInputValue } from 'node:sqlite';

import type { Funnel } from '#contract/models/figures.ts';

import type { Attempt } from '../figures/attempt.ts';
import type { Database } from './database.ts';

/** One release on one device. */
export type AttemptKey = { readonly appId: string; readonly version: string; readonly deviceId: string };

export type FigureFilter = {
  readonly appId: string;
  /** Only what something happened to since then. */
  readonly sinceMs: number;
  readonly version?: string | undefined;
  /** The channel that decided. */
  readonly channel?: string | undefined;
  /** Without the devices of our own simulator. */
  readonly isRealOnly?: boolean | undefined;
};

export type FailureRow = {
  readonly cause: string;
  readonly devices: number;
  readonly releases: number;
  readonly lastAtMs: number;
};

/** Devices that began to run a bundle, less those that left it, within one step of time. */
export type BundleChange = {
  readonly version: string | null;
  readonly isOnBuiltin: boolean;
  /** Counted from the beginning of the range; what was there before it is in step 0. */
  readonly step: number;
  readonly change: number;
};

/** What figures are made of. Written with the device row it belongs to, which has to be there. */
export type FigureRepository = {
  attempt(key: AttemptKey): Attempt | null;
  saveAttempt(key: AttemptKey, attempt: Attempt, at: { readonly atMs: number; readonly channel: string | null }): void;
  /** An offer that was there already is still made: it counts for the range, at most once in `everyMs`. */
  touchAttempt(key: AttemptKey, atMs: number, everyMs: number): void;
  addFailure(key: AttemptKey, cause: string, at: { readonly atMs: number; readonly channel: string | null }): void;
  addBundle(
    device: { readonly appId: string; readonly deviceId: string },
    bundle: { readonly version: string | null; readonly isOnBuiltin: boolean; readonly atMs: number },
  ): void;

  /** After a channel got another name: it is the same channel, and its past goes with it. */
  renameChannel(appId: string, from: string, to: string): void;

  total(filter: FigureFilter): Funnel;
  /** Last touched first. */
  byRelease(filter: FigureFilter, limit: number): (Funnel & { readonly version: string })[];
  byChannel(filter: FigureFilter): (Funnel & { readonly channel: string | null })[];
  /** Most devices first. */
  failures(filter: FigureFilter): FailureRow[];
  bundleChanges(filter: FigureFilter, stepMs: number): BundleChange[];
  /** Forgets what ended before then, at most `atMost` rows of each kind. Returns how many. */
  prune(beforeMs: number, atMost: number): number;
};

const counts = `
  count(*) AS offered, coalesce(sum(a.step >= 2), 0) AS downloaded, coalesce(sum(a.step >= 3), 0) AS "set",
  coalesce(sum(a.step = 4), 0) AS ready, coalesce(sum(a.trouble = 'failed'), 0) AS failed,
  coalesce(sum(a.trouble = 'rolled_back'), 0) AS rolledBack`;

export function createFigureRepository(database: Database): FigureRepository {
  return {
    attempt: ({ appId, version, deviceId }) =>
      database.get<Attempt>(
        'SELECT step, trouble FROM update_attempts WHERE app_id = ? AND version = ? AND device_id = ?',
        appId,
        version,
        deviceId,
      ) ?? null,
    saveAttempt({ appId, version, deviceId }, { step, trouble }, { atMs, channel }) {
      database.run(
        `INSERT INTO update_attempts (app_id, version, device_id, channel, step, trouble, first_at_ms, last_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
         ON CONFLICT (app_id, version, device_id) DO UPDATE SET
           channel = coalesce(excluded.channel, channel), step = excluded.step, trouble = excluded.trouble,
           last_at_ms = max(last_at_ms, excluded.last_at_ms)`,
        appId,
        version,
        deviceId,
        channel,
        step,
        trouble,
        atMs,
      );
    },
    touchAttempt({ appId, version, deviceId }, atMs, everyMs) {
      database.run(
        `UPDATE update_attempts SET last_at_ms = ?1
         WHERE app_id = ?2 AND version = ?3 AND device_id = ?4 AND last_at_ms < ?1 - ?5`,
        atMs,
        appId,
        version,
        deviceId,
        everyMs,
      );
    },
    addFailure({ appId, version, deviceId }, cause, { atMs, channel }) {
      database.run(
        `INSERT INTO update_failures (app_id, version, device_id, cause, channel, times, first_at_ms, last_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
         ON CONFLICT (app_id, version, device_id, cause) DO UPDATE SET
           times = times + 1, channel = coalesce(excluded.channel, channel),
           first_at_ms = min(first_at_ms, excluded.first_at_ms), last_at_ms = max(last_at_ms, excluded.last_at_ms)`,
        appId,
        version,
        deviceId,
        cause,
        channel,
        atMs,
      );
    },
    addBundle({ appId, deviceId }, { version, isOnBuiltin, atMs }) {
      database.run(
        `INSERT INTO device_bundles (app_id, device_id, at_ms, version, is_on_builtin) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (app_id, device_id, at_ms) DO UPDATE SET
           version = excluded.version, is_on_builtin = excluded.is_on_builtin`,
        appId,
        deviceId,
        atMs,
        version,
        Number(isOnBuiltin),
      );
    },

    renameChannel(appId, from, to) {
      for (const table of ['update_attempts', 'update_failures']) {
        database.run(`UPDATE ${table} SET channel = ? WHERE app_id = ? AND channel = ?`, to, appId, from);
      }
    },

    total(filter) {
      const { where, values } = toWhere(filter);
      const none: Funnel = { offered: 0, downloaded: 0, set: 0, ready: 0, failed: 0, rolledBack: 0 };
      return database.get<Funnel>(`SELECT ${counts} FROM update_attempts a ${where}`, ...values) ?? none;
    },
    byRelease(filter, limit) {
      const { where, values } = toWhere(filter);
      return database.all<Funnel & { version: string }>(
        `SELECT a.version, ${counts} FROM update_attempts a ${where}
         GROUP BY a.version ORDER BY max(a.last_at_ms) DESC LIMIT ?`,
        ...values,
        limit,
      );
    },
    byChannel(filter) {
      const { where, values } = toWhere(filter);
      return database.all<Funnel & { channel: string | null }>(
        `SELECT a.channel, ${counts} FROM update_attempts a ${where} GROUP BY a.channel ORDER BY offered DESC, a.channel`,
        ...values,
      );
    },
    failures(filter) {
      const { where, values } = toWhere(filter);
      return database.all<FailureRow>(
        `SELECT a.cause, count(DISTINCT a.device_id) AS devices, count(DISTINCT nullif(a.version, '')) AS releases,
                max(a.last_at_ms) AS lastAtMs
         FROM update_failures a ${where} GROUP BY a.cause ORDER BY devices DESC, lastAtMs DESC`,
        ...values,
      );
    },
    bundleChanges({ appId, sinceMs, channel, isRealOnly }, stepMs) {
      const terms = ['b.app_id = ?1', ...(channel === undefined ? [] : ['d.channel = ?4'])];
      if (isRealOnly === true) terms.push('d.is_virtual = 0');
      const device = 'JOIN devices d ON d.app_id = b.app_id AND d.device_id = b.device_id';
      return database
        .all<Omit<BundleChange, 'isOnBuiltin'> & { isOnBuiltin: number }>(
          `WITH spans AS (
             SELECT b.version, b.is_on_builtin, b.at_ms,
                    lead(b.at_ms) OVER (PARTITION BY b.device_id ORDER BY b.at_ms) AS until_ms
             FROM device_bundles b ${terms.length > 1 ? device : ''} WHERE ${terms.join(' AND ')}),
           changes AS (
             SELECT version, is_on_builtin, max(0, CAST((at_ms - ?2) / ?3 AS INTEGER)) AS step, 1 AS change
             FROM spans WHERE until_ms IS NULL OR until_ms >= ?2
             UNION ALL
             SELECT version, is_on_builtin, CAST((until_ms - ?2) / ?3 AS INTEGER), -1 FROM spans WHERE until_ms >= ?2)
           SELECT version, is_on_builtin AS isOnBuiltin, step, sum(change) AS change
           FROM changes GROUP BY version, is_on_builtin, step ORDER BY step`,
          appId,
          sinceMs,
          stepMs,
          ...(channel === undefined ? [] : [channel]),
        )
        .map(({ version, isOnBuiltin, step, change }) => ({ version, isOnBuiltin: isOnBuiltin === 1, step, change }));
    },
    prune(beforeMs, atMost) {
      const prune = (table: string): number =>
        database.run(
          `DELETE FROM ${table} WHERE (app_id, version, device_id) IN (
             SELECT app_id, version, device_id FROM ${table} WHERE last_at_ms < ? LIMIT ?) AND last_at_ms < ?`,
          beforeMs,
          atMost,
          beforeMs,
        ).changes;
      // What a device runs since long ago, it still runs: only what ended before then goes.
      const bundles = database.run(
        `DELETE FROM device_bundles WHERE (app_id, device_id, at_ms) IN (
           SELECT app_id, device_id, at_ms FROM device_bundles b
           WHERE at_ms < ?1 AND EXISTS (
             SELECT 1 FROM device_bundles n
             WHERE n.app_id = b.app_id AND n.device_id = b.device_id AND n.at_ms > b.at_ms AND n.at_ms < ?1)
           LIMIT ?2)`,
        beforeMs,
        atMost,
      ).changes;
      return prune('update_attempts') + prune('update_failures') + bundles;
    },
  };
}

function toWhere({ appId, sinceMs, version, channel, isRealOnly }: FigureFilter): {
  readonly where: string;
  readonly values: SQLInputValue[];
} {
  // One release is found by the key of the table; the plus keeps the index by time out of it.
  const terms = ['a.app_id = ?', version === undefined ? 'a.last_at_ms >= ?' : '+a.last_at_ms >= ?'];
  const values: SQLInputValue[] = [appId, sinceMs];
  if (version !== undefined) {
    terms.push('a.version = ?');
    values.push(version);
  }
  if (channel !== undefined) {
    terms.push('a.channel = ?');
    values.push(channel);
  }
  const device = 'JOIN devices d ON d.app_id = a.app_id AND d.device_id = a.device_id AND d.is_virtual = 0';
  return { where: `${isRealOnly === true ? device : ''} WHERE ${terms.join(' AND ')}`, values };
}
