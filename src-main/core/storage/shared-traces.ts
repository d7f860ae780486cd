import type { Database } from './database.ts';

/** Traces that several rows of the log have in common. Its methods are called within the write of those rows. */
export type SharedTraces = {
  /**
   * Calls `use` with the id of the stored trace, which returns whether that is there: a write that was taken back took
   * its trace along. Then, and for a new trace, it is stored first.
   */
  share(trace: { readonly appId: string | null; readonly text: string }, activityId: number, use: Use): void;
  /** Forgets those that no row of the log can have any more. */
  prune(): void;
  clear(appId: string): void;
};

type Use = (traceId: number) => boolean;

/** Remembered by text; a rollout has one for each device. At 3 KB each, a few megabytes. */
const KEPT = 1_000;
/** After so many rows a trace is stored again, so that an old one ever gets free. */
const SHARED_BY_ROWS = 10_000;

export function createSharedTraces(database: Database): SharedTraces {
  /** By their text, least recently stored first. */
  const known = new Map<string, { readonly id: number; readonly untilId: number; readonly appId: string | null }>();
  /** Not given out again in this process: what a rollback took away is still remembered here by its number. */
  let lastId = 0;

  function store(appId: string | null, text: string, untilId: number): number {
    const highest = database.get<{ id: number | null }>('SELECT max(shared_trace_id) AS id FROM shared_traces');
    lastId = Math.max(lastId, highest?.id ?? 0) + 1;
    database.run(
      'INSERT INTO shared_traces (shared_trace_id, until_activity_id, of_app_id, steps_json) VALUES (?, ?, ?, ?)',
      lastId,
      untilId,
      appId,
      text,
    );
    return lastId;
  }

  return {
    share({ appId, text }, activityId, use) {
      const found = known.get(text);
      if (found?.appId === appId && activityId <= found.untilId && use(found.id)) return;
      const untilId = activityId + SHARED_BY_ROWS;
      const id = store(appId, text, untilId);
      known.delete(text);
      known.set(text, { id, untilId, appId });
      const [oldest] = known.keys();
      if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
      use(id);
    },
    prune() {
      // Only a log that is empty has no first row.
      database.run(
        `DELETE FROM shared_traces
         WHERE until_activity_id < coalesce((SELECT min(id) FROM activity), 9223372036854775807)`,
      );
    },
    clear: (appId) => void database.run('DELETE FROM shared_traces WHERE of_app_id = ?', appId),
  };
}
