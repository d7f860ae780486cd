import type { ApiClient } from '#contract/api.ts';
import type { Activity } from '#contract/models/activity.ts';

import { findRow, laterOf, putRow, removeRow, type Rows } from './log-rows.ts';

/** Rows kept in the window; the oldest go first. */
const MAX_ROWS = 100_000;
/** Dropped at once when there are too many, so that dropping is rare. */
const DROP_ROWS = 5_000;
/** The first answer has to be quick; the rest comes when somebody scrolls up to it. */
const FIRST_PAGE = 1_000;
const PAGE = 5_000;

export type LogSnapshot = {
  /** Rows that match, oldest first. Changed in place: a new snapshot means that it has to be read anew. */
  readonly shown: readonly Activity[];
  /** Rows of this app in the window, matching or not. */
  readonly loaded: number;
  /** There are older rows that were not fetched yet. */
  readonly hasOlder: boolean;
  readonly isLoading: boolean;
  readonly isPaused: boolean;
  /** Rows that arrived during the pause. */
  readonly waiting: number;
  readonly error: unknown;
};

export type ActivityLog = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => LogSnapshot;
  /** Fetches the newest rows; also the way out of a failure. */
  readonly load: () => Promise<void>;
  /** One page of older rows; nothing while another one is under way. */
  readonly loadOlder: () => Promise<void>;
  /** Takes what an event brought. */
  readonly take: (rows: readonly Activity[]) => void;
  /** Fetches what came while there was no connection. */
  readonly catchUp: () => Promise<void>;
  readonly filter: (matches: (row: Activity) => boolean) => void;
  readonly pause: (isPaused: boolean) => void;
  readonly find: (id: number) => Activity | undefined;
  /** Forgets everything and asks anew. */
  readonly reset: () => Promise<void>;
};

type Deps = {
  readonly api: Pick<ApiClient, 'activity'>;
  /** Rows of other apps are left out; those of no app (a wrong token) belong to every app's log. */
  readonly appId: string;
  readonly maxRows?: number;
};

/** The log of one app as its screen shows it: fed by events, filled backwards on demand, filtered as it grows. */
export function createActivityLog({ api, appId, maxRows = MAX_ROWS }: Deps): ActivityLog {
  const rows: Rows = [];
  const shown: Rows = [];
  const waiting = new Map<number, Activity>();
  const listeners = new Set<() => void>();
  let matches: (row: Activity) => boolean = () => true;
  let oldestFetched: number | null = null;
  let hasOlder = false;
  let loads = 0;
  let isPaused = false;
  let error: unknown = null;
  let generation = 0;
  let snapshot = makeSnapshot();

  function makeSnapshot(): LogSnapshot {
    return { shown, loaded: rows.length, hasOlder, isLoading: loads > 0, isPaused, waiting: waiting.size, error };
  }

  function changed(): void {
    snapshot = makeSnapshot();
    for (const listener of listeners) listener();
  }

  const isOwn = (row: Activity) => row.appId === null || row.appId === appId;

  function put(row: Activity): void {
    if (!isOwn(row)) return;
    const known = findRow(rows, row.id);
    const later = laterOf(known, row);
    if (later === known) return;
    putRow(rows, later);
    if (matches(later)) putRow(shown, later);
    else if (known !== undefined) removeRow(shown, later.id);
  }

  /** Older rows in one go: one by one they would each move everything behind them. */
  function putOlder(older: readonly Activity[]): void {
    const first = rows[0]?.id ?? Number.POSITIVE_INFINITY;
    const before = older.filter((row) => row.id < first && isOwn(row));
    rows.splice(0, 0, ...before);
    shown.splice(0, 0, ...before.filter(matches));
    for (const row of older) if (row.id >= first) put(row);
  }

  function dropOldest(): void {
    if (rows.length <= maxRows) return;
    rows.splice(0, rows.length - maxRows + Math.min(DROP_ROWS, maxRows >> 1));
    const first = rows[0]?.id ?? 0;
    const keptFrom = shown.findIndex((row) => row.id >= first);
    shown.splice(0, keptFrom === -1 ? shown.length : keptFrom);
    // The core may still have them: scrolling up asks for them again.
    oldestFetched = first;
    hasOlder = true;
  }

  function keepWaiting(incoming: readonly Activity[]): void {
    for (const row of incoming) {
      if (isOwn(row)) waiting.set(row.id, laterOf(waiting.get(row.id), row));
    }
    for (const id of waiting.keys()) {
      if (waiting.size <= maxRows) break;
      waiting.delete(id);
    }
  }

  function refilter(): void {
    shown.length = 0;
    for (const row of rows) if (matches(row)) shown.push(row);
  }

  /** One fetch; its rows count only if the log was not reset meanwhile. */
  async function fetching(work: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const mine = generation;
    const isCurrent = () => mine === generation;
    loads += 1;
    error = null;
    changed();
    try {
      await work(isCurrent);
    } catch (failure) {
      if (isCurrent()) error = failure;
    } finally {
      loads -= 1;
      changed();
    }
  }

  async function fetchOlder(limit: number): Promise<void> {
    await fetching(async (isCurrent) => {
      const beforeId = oldestFetched;
      const page = await api.activity.list({ limit, ...(beforeId === null ? {} : { beforeId }) });
      if (!isCurrent()) return;
      hasOlder = page.rows.length === limit && rows.length < maxRows;
      oldestFetched = page.rows[0]?.id ?? oldestFetched;
      putOlder(page.rows);
    });
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    snapshot: () => snapshot,
    load: () => fetchOlder(FIRST_PAGE),
    async loadOlder() {
      if (!hasOlder || loads > 0) return;
      await fetchOlder(PAGE);
    },
    take(incoming) {
      if (isPaused) keepWaiting(incoming);
      else for (const row of incoming) put(row);
      dropOldest();
      changed();
    },
    async catchUp() {
      await fetching(async (isCurrent) => {
        // Downloads that ran when the connection broke have ended meanwhile, so the catching up starts before them.
        const firstRunning = rows.slice(-PAGE).find((row) => row.outcome === 'running')?.id;
        let afterId = firstRunning === undefined ? (rows.at(-1)?.id ?? 0) : firstRunning - 1;
        for (;;) {
          const page = await api.activity.list({ limit: PAGE, afterId });
          if (!isCurrent()) return;
          for (const row of page.rows) put(row);
          const last = page.rows.at(-1)?.id;
          if (last === undefined || last <= afterId || page.rows.length < PAGE) break;
          afterId = last;
        }
        dropOldest();
      });
    },
    filter(next) {
      matches = next;
      refilter();
      changed();
    },
    pause(next) {
      isPaused = next;
      if (!isPaused) {
        for (const row of waiting.values()) put(row);
        waiting.clear();
        dropOldest();
      }
      changed();
    },
    find: (id) => findRow(rows, id),
    async reset() {
      generation += 1;
      rows.length = 0;
      shown.length = 0;
      waiting.clear();
      oldestFetched = null;
      hasOlder = false;
      await fetchOlder(FIRST_PAGE);
    },
  };
}
