import type { SQLInputValue } from 'node:sqlite';

import type { Activity, ActivityDetail, ActivityKind, ActivityOutcome, TraceStep } from '#contract/models/activity.ts';
import { type ActivitySentence, isActivityCode } from '#contract/texts/activity-texts.ts';

import type { Database } from './database.ts';
import { createSharedTraces } from './shared-traces.ts';
import { toTimestamp } from './time.ts';
import { createTraceCoder, decodeTrace } from './trace-code.ts';

export type ActivityRecord = Omit<Activity, 'id' | 'at' | 'happenedAt' | 'replayOf'> & {
  readonly atMs: number;
  /** When it happened on the device; without it, when it arrived. */
  readonly happenedAtMs?: number | undefined;
  readonly replayOf?: number | null | undefined;
  readonly request: ActivityDetail['request'];
  readonly response: ActivityDetail['response'];
  readonly trace: readonly TraceStep[] | null;
  /** Keeps the second copy of a reported event out; null for what nobody sends twice. */
  readonly eventKey: string | null;
};

export type ActivityFilter = {
  readonly appId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly kinds?: readonly ActivityKind[] | undefined;
  readonly outcomes?: readonly ActivityOutcome[] | undefined;
  /** Found anywhere in the sentence, device id, action, version or address; letters of either case. */
  readonly text?: string | undefined;
};

export type ActivityPage = {
  readonly limit: number;
  readonly beforeId?: number | undefined;
  readonly afterId?: number | undefined;
};

export type ActivityProgress = Pick<
  Activity,
  'outcome' | 'summary' | 'sentence' | 'status' | 'durationMs' | 'bytesSent' | 'bytesTotal'
>;

/** The log, in the order of arrival. */
export type ActivityRepository = {
  /** The new row's id, or null when an event with its key is there already. */
  insert(record: ActivityRecord): number | null;
  /** Moves a download's row on; nothing happens when the row is gone. */
  update(id: number, progress: ActivityProgress): void;
  /**
   * Newest last: the last `limit` rows, before `beforeId`, or the first ones after `afterId`. Between both the last ones,
   * unless `isForward`.
   */
  list(filter: ActivityFilter, page: ActivityPage & { readonly isForward?: boolean }): Activity[];
  details(filter: ActivityFilter, page: ActivityPage): ActivityDetail[];
  /** One device's rows by when they happened, newest first; `beforeId` is the last row of the page before. */
  timeline(
    device: { readonly appId: string; readonly deviceId: string },
    page: Pick<ActivityPage, 'limit' | 'beforeId'>,
  ): Activity[];
  get(id: number): ActivityDetail | undefined;
  /** Of all rows, or of those between two ids. */
  count(filter: ActivityFilter, within?: Pick<ActivityPage, 'beforeId' | 'afterId'>): number;
  clear(appId: string): number;
  /** Of the `atMost` oldest rows, removes those beyond `keep` and those from before `beforeMs`. Returns how many. */
  prune(limits: { readonly keep: number; readonly beforeMs?: number; readonly atMost: number }): number;
  /** The newest row that sent this one again, among those after `afterId`. */
  replayOf(id: number, afterId: number): ActivityDetail | undefined;
  /** 0 when there is no row, as is `lastId`. */
  firstId(): number;
  lastId(): number;
  /** Ends the rows that a process that died left running, with what `tell` says of them. Returns how many. */
  endRunning(tell: (version: string | null) => Pick<Activity, 'summary' | 'sentence'>): number;
};

type ActivityRow = Omit<Activity, 'at' | 'happenedAt' | 'isVirtual' | 'sentence'> & {
  readonly sentenceJson: string | null;
  readonly atMs: number;
  readonly happenedAtMs: number;
  readonly isVirtual: number;
};
type DetailRow = ActivityRow & {
  readonly requestJson: string;
  readonly responseJson: string;
  readonly traceJson: string | null;
};

const columns = `
  id, at_ms AS atMs, kind, outcome, app_id AS appId, device_id AS deviceId, is_virtual AS isVirtual, action, version,
  summary, sentence_json AS sentenceJson, status, duration_ms AS durationMs, bytes_sent AS bytesSent, bytes_total AS bytesTotal,
  remote_address AS remoteAddress, happened_at_ms AS happenedAtMs, replay_of AS replayOf`;
const detailColumns = `${columns}, request_json AS requestJson, response_json AS responseJson,
  coalesce(trace_json, steps_json) AS traceJson`;
const details = `
  activity JOIN activity_payloads ON activity_id = id LEFT JOIN shared_traces ON shared_trace_id = trace_id`;

export function createActivityRepository(database: Database): ActivityRepository {
  const shared = createSharedTraces(database);
  const encodeTrace = createTraceCoder();

  function select<T>(
    what: string,
    from: string,
    filter: ActivityFilter,
    page: ActivityPage & { readonly isForward?: boolean },
  ): T[] {
    const { limit, beforeId, afterId, isForward = afterId !== undefined && beforeId === undefined } = page;
    const { where, values } = toWhere({ ...filter, beforeId, afterId });
    if (isForward) {
      return database.all<T>(`SELECT ${what} FROM ${from} ${where} ORDER BY id LIMIT ?`, ...values, limit);
    }
    const rows = database.all<T>(`SELECT ${what} FROM ${from} ${where} ORDER BY id DESC LIMIT ?`, ...values, limit);
    return rows.reverse();
  }

  function count(
    filter: ActivityFilter,
    { beforeId, afterId }: Pick<ActivityPage, 'beforeId' | 'afterId'> = {},
  ): number {
    const { where, values } = toWhere({ ...filter, beforeId, afterId });
    return database.get<{ n: number }>(`SELECT count(*) AS n FROM activity ${where}`, ...values)?.n ?? 0;
  }

  function insertPayload(id: number, { appId, deviceId, request, response, trace }: ActivityRecord): void {
    const payload = [id, JSON.stringify(request), JSON.stringify(response)] as const;
    if (trace === null) {
      database.run(
        'INSERT INTO activity_payloads (activity_id, request_json, response_json) VALUES (?, ?, ?)',
        ...payload,
      );
      return;
    }
    shared.share({ appId, text: encodeTrace(trace, deviceId) }, id, (traceId) => {
      const { changes } = database.run(
        `INSERT INTO activity_payloads (activity_id, request_json, response_json, trace_id)
         SELECT ?, ?, ?, shared_trace_id FROM shared_traces WHERE shared_trace_id = ?`,
        ...payload,
        traceId,
      );
      return changes === 1;
    });
  }

  return {
    insert(record) {
      const { changes, lastInsertRowid } = database.run(
        `INSERT INTO activity (at_ms, kind, outcome, app_id, device_id, is_virtual, action, version, summary, status,
                               duration_ms, bytes_sent, bytes_total, remote_address, event_key, happened_at_ms,
                               replay_of, sentence_json)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        record.atMs,
        record.kind,
        record.outcome,
        record.appId,
        record.deviceId,
        Number(record.isVirtual),
        record.action,
        record.version,
        record.summary,
        record.status,
        record.durationMs,
        record.bytesSent,
        record.bytesTotal,
        record.remoteAddress,
        record.eventKey,
        record.happenedAtMs ?? record.atMs,
        record.replayOf ?? null,
        encodeSentence(record.sentence),
      );
      if (changes === 0) return null;
      insertPayload(lastInsertRowid, record);
      return lastInsertRowid;
    },
    update(id, { outcome, summary, sentence, status, durationMs, bytesSent, bytesTotal }) {
      database.run(
        `UPDATE activity SET outcome = ?, summary = ?, sentence_json = ?, status = ?, duration_ms = ?, bytes_sent = ?,
                             bytes_total = ?
         WHERE id = ?`,
        outcome,
        summary,
        encodeSentence(sentence),
        status,
        durationMs,
        bytesSent,
        bytesTotal,
        id,
      );
    },
    list: (filter, page) => select<ActivityRow>(columns, 'activity', filter, page).map(toActivity),
    details: (filter, page) => select<DetailRow>(detailColumns, details, filter, page).map(toDetail),
    timeline({ appId, deviceId }, { limit, beforeId }) {
      const sql = (more: string): string =>
        `SELECT ${columns} FROM activity WHERE app_id = ? AND device_id = ? ${more}
         ORDER BY happened_at_ms DESC, id DESC LIMIT ?`;
      if (beforeId === undefined) return database.all<ActivityRow>(sql(''), appId, deviceId, limit).map(toActivity);
      // A row that is gone was the oldest one: nothing is left before it.
      const before = '(happened_at_ms, id) < (SELECT happened_at_ms, id FROM activity WHERE id = ?)';
      return database.all<ActivityRow>(sql(`AND ${before}`), appId, deviceId, beforeId, limit).map(toActivity);
    },
    get(id) {
      const row = database.get<DetailRow>(`SELECT ${detailColumns} FROM ${details} WHERE id = ?`, id);
      return row && toDetail(row);
    },
    count,
    clear(appId) {
      shared.clear(appId);
      return database.run('DELETE FROM activity WHERE app_id = ?', appId).changes;
    },
    prune({ keep, beforeMs = 0, atMost }) {
      const excess = Math.max(0, count({}) - keep);
      // Rows are in the order of their arrival, so the oldest ones are the first ones.
      const sql = `
        DELETE FROM activity WHERE id IN (
          SELECT id FROM (SELECT id, at_ms, row_number() OVER (ORDER BY id) AS place
                          FROM (SELECT id, at_ms FROM activity ORDER BY id LIMIT ?))
          WHERE place <= ? OR at_ms < ?)`;
      const { changes } = database.run(sql, atMost, excess, beforeMs);
      if (changes > 0) shared.prune();
      return changes;
    },
    replayOf(id, afterId) {
      const row = database.get<DetailRow>(
        `SELECT ${detailColumns} FROM ${details} WHERE id > ? AND replay_of = ? ORDER BY id DESC LIMIT 1`,
        afterId,
        id,
      );
      return row && toDetail(row);
    },
    firstId: () => database.get<{ id: number | null }>('SELECT min(id) AS id FROM activity')?.id ?? 0,
    lastId: () => database.get<{ id: number | null }>('SELECT max(id) AS id FROM activity')?.id ?? 0,
    endRunning(tell) {
      const running = database.all<{ id: number; version: string | null }>(
        "SELECT id, version FROM activity WHERE kind = 'download' AND outcome = 'running'",
      );
      for (const { id, version } of running) {
        const { summary, sentence } = tell(version);
        database.run(
          "UPDATE activity SET outcome = 'failed', summary = ?, sentence_json = ? WHERE id = ?",
          summary,
          encodeSentence(sentence),
          id,
        );
      }
      return running.length;
    },
  };
}

function toWhere(filter: ActivityFilter & { readonly beforeId?: number | undefined; afterId?: number | undefined }): {
  readonly where: string;
  readonly values: SQLInputValue[];
} {
  const terms: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (term: string, ...given: SQLInputValue[]): void => {
    terms.push(term);
    values.push(...given);
  };
  if (filter.appId !== undefined) add('app_id = ?', filter.appId);
  if (filter.deviceId !== undefined) add('device_id = ?', filter.deviceId);
  if (filter.kinds) add(`kind IN (${places(filter.kinds)})`, ...filter.kinds);
  if (filter.outcomes) add(`outcome IN (${places(filter.outcomes)})`, ...filter.outcomes);
  if (filter.text) {
    const pattern = `%${filter.text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    const searched = ['summary', 'device_id', 'action', 'version', 'remote_address'];
    add(`(${searched.map((column) => String.raw`${column} LIKE ? ESCAPE '\'`).join(' OR ')})`);
    values.push(...searched.map(() => pattern));
  }
  if (filter.beforeId !== undefined) add('id < ?', filter.beforeId);
  if (filter.afterId !== undefined) add('id > ?', filter.afterId);
  return { where: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', values };
}

function places(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ');
}

function encodeSentence(sentence: Activity['sentence']): string | null {
  if (sentence === undefined) return null;
  const { code, params } = sentence;
  return JSON.stringify(Object.keys(params).length === 0 ? [code] : [code, params]);
}

/** Nothing where there is none, or one that a later program wrote: the English sentence stands for it. */
function decodeSentence(text: string | null): Pick<Activity, 'sentence'> {
  if (text === null) return {};
  const [code, params = {}] = JSON.parse(text) as readonly [string, ActivitySentence['params']?];
  return isActivityCode(code) ? { sentence: { code, params } } : {};
}

function toActivity(row: ActivityRow): Activity {
  return {
    id: row.id,
    at: toTimestamp(row.atMs),
    happenedAt: toTimestamp(row.happenedAtMs),
    kind: row.kind,
    outcome: row.outcome,
    appId: row.appId,
    deviceId: row.deviceId,
    isVirtual: row.isVirtual === 1,
    action: row.action,
    version: row.version,
    summary: row.summary,
    ...decodeSentence(row.sentenceJson),
    status: row.status,
    durationMs: row.durationMs,
    bytesSent: row.bytesSent,
    bytesTotal: row.bytesTotal,
    remoteAddress: row.remoteAddress,
    replayOf: row.replayOf,
  };
}

function toDetail(row: DetailRow): ActivityDetail {
  return {
    ...toActivity(row),
    request: JSON.parse(row.requestJson) as ActivityDetail['request'],
    // A download's status is known at its end.
    response: { ...(JSON.parse(row.responseJson) as ActivityDetail['response']), status: row.status },
    ...(row.traceJson === null ? {} : { trace: decodeTrace(row.traceJson, row.deviceId) }),
  };
}
