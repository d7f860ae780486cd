import { useSyncExternalStore } from 'react';

type Ticker = { readonly subscribe: (listener: () => void) => () => void; readonly read: () => number };

const tickers = new Map<number, Ticker>();

/** The time in milliseconds, moving on every `intervalMs`. All users of one interval share one timer. */
export function useNow(intervalMs: number): number {
  const { subscribe, read } = tickerOf(intervalMs);
  return useSyncExternalStore(subscribe, read);
}

function tickerOf(intervalMs: number): Ticker {
  const ticker = tickers.get(intervalMs) ?? createTicker(intervalMs);
  tickers.set(intervalMs, ticker);
  return ticker;
}

function createTicker(intervalMs: number): Ticker {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    subscribe(listener) {
      // Nobody kept it going: its time is as old as its last user.
      if (listeners.size === 0) now = Date.now();
      listeners.add(listener);
      timer ??= setInterval(tick, intervalMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    read: () => now,
  };
}
