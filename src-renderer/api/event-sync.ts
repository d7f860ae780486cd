import type { QueryClient, QueryKey } from '@tanstack/react-query';

import type { EventMessage } from '#contract/events.ts';

import { queryKeys } from './queries.ts';
import type { ConnectionState, Transport } from './transport.ts';

/** Changes within this time are refetched together; far below the 250 ms in which a change has to show. */
const GATHER_MS = 60;

/** For what every check of every device makes doubtful, and is dear to ask: a busy desk checks a hundred times a second. */
const SLOW_GATHER_MS = 500;

/**
 * After an answer, this many times as long as it took is left to the person before the same is asked again: with one
 * phone nobody notices, with a thousand the window stays usable.
 */
const REST_FACTOR = 4;
const MAX_REST_MS = 2_000;

/** Which cached answers an event makes doubtful. */
export function staleKeys(message: EventMessage): readonly QueryKey[] {
  switch (message.name) {
    case 'app.changed':
      return [queryKeys.apps, queryKeys.server, queryKeys.keys];
    case 'release.changed':
      return [
        queryKeys.releases(message.payload.appId),
        queryKeys.channels(message.payload.appId),
        queryKeys.answers(message.payload.appId),
        queryKeys.apps,
        queryKeys.keys,
        queryKeys.storage,
      ];
    case 'channel.changed':
      return [
        queryKeys.channels(message.payload.appId),
        queryKeys.figures(message.payload.appId),
        queryKeys.releases(message.payload.appId),
        queryKeys.answers(message.payload.appId),
        queryKeys.keys,
      ];
    case 'device.changed':
      return [
        queryKeys.devices(message.payload.appId),
        queryKeys.figures(message.payload.appId),
        queryKeys.releases(message.payload.appId),
        queryKeys.apps,
        queryKeys.server,
        queryKeys.keys,
      ];
    case 'watch.changed':
      return [queryKeys.watches];
    // Apps name the key that they remember.
    case 'key.changed':
      return [queryKeys.keys, queryKeys.apps];
    case 'server.changed':
      return [queryKeys.server, queryKeys.apps];
    case 'settings.changed':
      return [queryKeys.settings, queryKeys.server];
    // Jobs and the log keep their own stores: their events carry the data itself.
    case 'job.changed':
    case 'activity.recorded':
    case 'paths.opened':
      return [];
  }
}

/** The same, for answers that may be half a second old: what channels count, and what they would answer. */
export function slowlyStaleKeys(message: EventMessage): readonly QueryKey[] {
  if (message.name !== 'device.changed') return [];
  return [queryKeys.channels(message.payload.appId), queryKeys.answers(message.payload.appId)];
}

export type EventSyncDeps = {
  readonly transport: Transport;
  readonly queryClient: QueryClient;
  readonly onMessage: (message: EventMessage) => void;
  readonly onConnection: (state: ConnectionState) => void;
};

/**
 * Keeps the query cache true to the core. Events are hints: they only mark answers as stale, and whenever a connection
 * stands, the first one included, everything is asked again, since what was missed before is not known.
 * Returns its own undo.
 */
export function startEventSync({ transport, queryClient, onMessage, onConnection }: EventSyncDeps): () => void {
  const soon = createGatherer(queryClient, GATHER_MS);
  const slowly = createGatherer(queryClient, SLOW_GATHER_MS);
  // Screens ask before the first connection stands, so their answers may be older than its first event.
  let wasAway = true;

  const stopEvents = transport.subscribe((message) => {
    onMessage(message);
    soon.add(staleKeys(message));
    slowly.add(slowlyStaleKeys(message));
  });
  const stopConnection = transport.watchConnection((state) => {
    if (state === 'open' && wasAway) void refresh(queryClient, []);
    if (state === 'lost' || state === 'signed-out') wasAway = true;
    if (state === 'open') wasAway = false;
    onConnection(state);
  });
  return () => {
    soon.stop();
    slowly.stop();
    stopEvents();
    stopConnection();
  };
}

type Gatherer = { readonly add: (keys: readonly QueryKey[]) => void; readonly stop: () => void };

/**
 * Refreshes what was added within a time once, at its end; what is asked again and again, at the pace of its answers.
 */
function createGatherer(queryClient: QueryClient, gatherMs: number): Gatherer {
  const gathered = new Map<string, QueryKey>();
  /** When a key may be asked for again; infinity while it is being asked for. */
  const readyAt = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Number.POSITIVE_INFINITY;
  let isStopped = false;

  /** One timer, for what is due first. */
  const schedule = (waitMs: number) => {
    const atMs = performance.now() + waitMs;
    if (isStopped || gathered.size === 0 || dueMs <= atMs) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(flush, waitMs);
  };
  const flush = () => {
    dueMs = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [name, queryKey] of gathered) {
      const restMs = (readyAt.get(name) ?? 0) - now;
      if (restMs > 0) {
        waitMs = Math.min(waitMs, restMs);
        continue;
      }
      gathered.delete(name);
      void ask(name, queryKey);
    }
    // What is being asked for schedules itself when it is answered.
    if (Number.isFinite(waitMs)) schedule(waitMs);
  };
  const ask = async (name: string, queryKey: QueryKey) => {
    const startMs = performance.now();
    readyAt.set(name, Number.POSITIVE_INFINITY);
    await Promise.race([refresh(queryClient, queryKey), delay(MAX_REST_MS)]);
    // The answer is drawn before this goes on, which counts as well.
    await delay(0);
    const tookMs = performance.now() - startMs;
    readyAt.set(name, performance.now() + Math.min(tookMs * REST_FACTOR, MAX_REST_MS));
    schedule(gatherMs);
  };

  return {
    add(keys) {
      for (const key of keys) gathered.set(JSON.stringify(key), key);
      schedule(gatherMs);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Asks again for everything under the key that is on screen. The cache joins a first question that is still on its way
 * instead of asking anew, and its answer may be from before the change: such a one is asked again when it is answered.
 */
function refresh(queryClient: QueryClient, queryKey: QueryKey): Promise<void> {
  const underWay = queryClient
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined });
  const asked = queryClient.invalidateQueries({ queryKey });
  for (const query of underWay) {
    const again = () => queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, again);
  }
  return asked;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
