import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { EventMessage } from '#contract/events.ts';

import { slowlyStaleKeys, staleKeys, startEventSync } from './event-sync.ts';
import { queryKeys } from './queries.ts';
import type { ConnectionState, Transport } from './transport.ts';

const appChanged: EventMessage = { name: 'app.changed', payload: { appId: 'com.example.app' } };

let queryClient: QueryClient;
let emit: (message: EventMessage) => void;
let connect: (state: ConnectionState) => void;
let stop: () => void;

beforeEach(() => {
  queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  const transport: Pick<Transport, 'subscribe' | 'watchConnection'> = {
    subscribe(listener) {
      emit = listener;
      return () => undefined;
    },
    watchConnection(watcher) {
      connect = watcher;
      return () => undefined;
    },
  };
  stop = startEventSync({
    transport: transport as Transport,
    queryClient,
    onMessage: () => undefined,
    onConnection: () => undefined,
  });
});

afterEach(() => {
  stop();
  queryClient.clear();
});

/** The list of apps on screen; each question waits until it is answered by hand. */
function showApps() {
  const waiting: ((apps: readonly string[]) => void)[] = [];
  const observer = new QueryObserver<readonly string[]>(queryClient, {
    queryKey: queryKeys.apps,
    queryFn: () => new Promise((resolve) => waiting.push(resolve)),
  });
  let shown: readonly string[] | undefined;
  observer.subscribe(({ data }) => {
    shown = data;
  });
  return { waiting, shown: () => shown };
}

describe('startEventSync', () => {
  it('asks again after an event', async () => {
    const { waiting, shown } = showApps();
    waiting[0]?.([]);
    await expect.poll(shown).toEqual([]);
    emit(appChanged);
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.(['new']);
    await expect.poll(shown).toEqual(['new']);
  });

  it('asks well before 250 ms have passed since the event', async () => {
    vi.useFakeTimers();
    try {
      const { waiting } = showApps();
      waiting[0]?.([]);
      await vi.advanceTimersByTimeAsync(1_000);
      emit(appChanged);
      await vi.advanceTimersByTimeAsync(100);
      expect(waiting).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not keep a first answer that was on its way when the event came', async () => {
    const { waiting, shown } = showApps();
    emit(appChanged);
    await new Promise((resolve) => setTimeout(resolve, 150));
    waiting[0]?.([]);
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.(['new']);
    await expect.poll(shown).toEqual(['new']);
  });

  it('asks again when the first connection stands, since events before it were not heard', async () => {
    const { waiting, shown } = showApps();
    waiting[0]?.([]);
    await expect.poll(shown).toEqual([]);
    connect('open');
    await expect.poll(() => waiting.length).toBe(2);
  });

  it('asks again after the connection was lost, and only once it is back', async () => {
    connect('open');
    const { waiting, shown } = showApps();
    waiting[0]?.([]);
    await expect.poll(shown).toEqual([]);
    connect('lost');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(waiting).toHaveLength(1);
    connect('open');
    await expect.poll(() => waiting.length).toBe(2);
  });

  it('asks at its own pace while a thousand devices report, and once more after the last of them', async () => {
    vi.useFakeTimers();
    try {
      let asked = 0;
      const observer = new QueryObserver(queryClient, {
        queryKey: queryKeys.apps,
        async queryFn() {
          asked += 1;
          const mine = asked;
          await new Promise((resolve) => setTimeout(resolve, 100));
          return mine;
        },
      });
      observer.subscribe(() => undefined);
      await vi.advanceTimersByTimeAsync(1_000);
      const before = asked;
      for (let index = 0; index < 1_000; index += 1) {
        emit(appChanged);
        await vi.advanceTimersByTimeAsync(10);
      }
      // 10 s of events, and an answer takes 0.1 s: a fifth of the time is spent on asking.
      expect(asked - before).toBeGreaterThanOrEqual(15);
      expect(asked - before).toBeLessThanOrEqual(21);
      const last = asked;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(asked).toBeGreaterThan(last);
      const rest = asked;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(asked).toBe(rest);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not let what rests hold up another change', async () => {
    vi.useFakeTimers();
    try {
      let settings = 0;
      const watch = (queryKey: readonly string[], tookMs: number, onAsk: () => void) =>
        new QueryObserver(queryClient, {
          queryKey,
          async queryFn() {
            onAsk();
            await new Promise((resolve) => setTimeout(resolve, tookMs));
            return 0;
          },
        }).subscribe(() => undefined);
      watch(queryKeys.apps, 400, () => undefined);
      watch(queryKeys.settings, 1, () => (settings += 1));
      await vi.advanceTimersByTimeAsync(1_000);
      emit(appChanged);
      await vi.advanceTimersByTimeAsync(500);
      emit(appChanged);
      await vi.advanceTimersByTimeAsync(100);
      emit({ name: 'settings.changed', payload: {} });
      await vi.advanceTimersByTimeAsync(100);
      expect(settings).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what an event makes doubtful', () => {
  const appId = 'com.example.app';

  it.each<EventMessage>([
    { name: 'channel.changed', payload: { appId, channelId: 1 } },
    { name: 'release.changed', payload: { appId, releaseId: 'r' } },
  ])('$name: what devices would be answered, at once', (message) => {
    expect(staleKeys(message)).toContainEqual(queryKeys.answers(appId));
  });

  it('a check of a device: the same, and what channels count, but not at every check', () => {
    const message: EventMessage = { name: 'device.changed', payload: { appId, deviceId: 'd' } };
    expect(staleKeys(message)).not.toContainEqual(queryKeys.answers(appId));
    expect(slowlyStaleKeys(message)).toEqual([queryKeys.channels(appId), queryKeys.answers(appId)]);
    expect(slowlyStaleKeys(appChanged)).toEqual([]);
  });
});
