import { setTimeout as delay } from 'node:timers/promises';

import { ApiError } from '#contract/errors.ts';
import type { Activity, ActivityDetail } from '#contract/models/activity.ts';
import { connectToRunningHost } from '#hosts/shared/connect-to-running-host.ts';

import type { CommandContext } from './context.ts';
import { openSession, sessionOver, type Session } from './session.ts';

export type FollowOptions = {
  readonly query: { readonly appId: string; readonly deviceId?: string };
  /** Rows of the past to begin with. */
  readonly limit: number;
  readonly context: CommandContext;
  readonly onRow: (row: ActivityDetail) => void;
};

/** How often a host is looked for while there is none. */
const LOOK_MS = 500;
/** Asked also without a hint: the stream of events may have broken unnoticed. */
const CATCH_UP_MS = 2000;
const PAGE_ROWS = 1000;

/** What was printed, and which rows wait for the end of what they tell of. */
type Position = { lastId: number; readonly running: Set<number> };

/**
 * The newest rows, then every new one until the signal, across restarts of the host. The data folder is only held for
 * the first look: a follower must not keep a host from starting.
 * Rejects with `APP_NOT_FOUND` and with the codes of opening a session.
 */
export async function followEvents({ query, limit, context, onRow }: FollowOptions): Promise<void> {
  const position: Position = { lastId: 0, running: new Set() };
  const { signal, dataDir } = context;

  function print(row: ActivityDetail): void {
    position.lastId = Math.max(position.lastId, row.id);
    // A download is one row that changes as it goes: it is printed once, when it has ended.
    if (row.outcome === 'running') position.running.add(row.id);
    else onRow(row);
  }

  {
    await using session = await openSession(context);
    await session.api.apps.get({ appId: query.appId });
    for (const row of await session.api.activity.export({ ...query, limit })) print(row);
  }
  while (!signal.aborted) {
    const transport = await connectToRunningHost(dataDir);
    if (transport) {
      await using session = sessionOver(transport);
      await followHost(session, { query, position, print, signal });
    }
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

type HostFollow = {
  readonly query: FollowOptions['query'];
  readonly position: Position;
  readonly print: (row: ActivityDetail) => void;
  readonly signal: AbortSignal;
};

/** Until the signal, or until the host is gone. */
async function followHost({ api, transport }: Session, { query, position, print, signal }: HostFollow): Promise<void> {
  const ended = new Set<number>();
  let wake: () => void = () => undefined;
  using ends = new DisposableStack();
  ends.defer(
    transport.subscribe((message) => {
      if (message.name !== 'activity.recorded') return;
      for (const row of message.payload.rows) noteEnd(row, position, ended);
      wake();
    }),
  );
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  ends.defer(() => signal.removeEventListener('abort', onAbort));

  // What ended while no host was reachable was not announced to us.
  for (const id of position.running) ended.add(id);
  while (!signal.aborted) {
    const { promise: hint, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    try {
      await printEnded(api, position, ended, print);
      await printNew(api, query, position, print);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'HOST_UNREACHABLE') return;
      throw error;
    }
    if (signal.aborted) return;
    const timer = setTimeout(resolve, CATCH_UP_MS);
    await hint;
    clearTimeout(timer);
  }
}

function noteEnd(row: Activity, position: Position, ended: Set<number>): void {
  if (row.outcome !== 'running' && position.running.has(row.id)) ended.add(row.id);
}

async function printEnded(
  api: Session['api'],
  position: Position,
  ended: Set<number>,
  print: (row: ActivityDetail) => void,
): Promise<void> {
  for (const id of ended) {
    ended.delete(id);
    const row = await api.activity.get({ id }).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'EVENT_NOT_FOUND') return null;
      throw error;
    });
    if (row?.outcome === 'running') continue;
    position.running.delete(id);
    if (row) print(row);
  }
}

async function printNew(
  api: Session['api'],
  query: FollowOptions['query'],
  position: Position,
  print: (row: ActivityDetail) => void,
): Promise<void> {
  for (;;) {
    const rows = await api.activity.export({ ...query, afterId: position.lastId, limit: PAGE_ROWS });
    for (const row of rows) print(row);
    if (rows.length < PAGE_ROWS) return;
  }
}
