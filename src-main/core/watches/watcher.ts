import { setTimeout as delay } from 'node:timers/promises';

import type { Watch } from '#contract/models/watch.ts';

import type { DeflatePool } from '../bundles/deflate-pool.ts';
import { createFolderHints, type FolderHints } from './folder-hints.ts';
import { folderToWatch, lookAtFolder } from './look-at-folder.ts';
import { afterLook, afterVerdict, beforeFirstLook, type Look, type SettleStep, type Verdict } from './settle.ts';

/** What a watcher is doing, for the screen. */
export type WatcherStatus = Pick<Watch, 'mode' | 'pollingReason' | 'folder'> & {
  readonly state: Exclude<Watch['state'], 'off'>;
};

export type WatcherDeps = {
  /** Absolute. */
  readonly path: string;
  /** Threads to list the folder in. */
  readonly pool?: DeflatePool | undefined;
  /** Deals with a build that is quiet. Does not reject, except when the signal aborts. */
  readonly judge: (folder: string, options: { isLastChance: boolean; signal: AbortSignal }) => Promise<Verdict>;
  readonly onStatus: (status: WatcherStatus) => void;
  /** A failure that nobody foresaw; the watcher goes on. */
  readonly onError: (error: unknown) => void;
  readonly createHints?: (onHint: () => void) => FolderHints;
};

export type Watcher = AsyncDisposable & {
  /** Judges the build as it is, also one that was dealt with already. */
  tryAgain(): void;
};

/** Changes come in bursts: the first one of them is given this long to be followed by others. */
const MIN_BURST_MS = 40;
/** Where nothing came of them (a log in the folder, say), looking takes at most a sixth of a processor. */
const MAX_BURST_MS = 1000;
/** Looking for the folder itself costs next to nothing. */
const MISSING_POLL_MS = 500;

/** Watches one folder until it is disposed; what it is doing then is cancelled and waited for. */
export function startWatcher({
  path,
  pool,
  judge,
  onStatus,
  onError,
  createHints = createFolderHints,
}: WatcherDeps): Watcher {
  const stop = new AbortController();
  const { signal } = stop;
  let settled = beforeFirstLook;
  let status: WatcherStatus | null = null;
  let isHinted = false;
  /** The last hint was of something that is not published. */
  let isNoise = false;
  let wake: () => void = () => undefined;
  const hints = createHints(() => {
    isHinted = true;
    wake();
  });

  function tell(state: WatcherStatus['state'], folder: string): void {
    const { failure } = hints;
    const next: WatcherStatus = {
      state,
      folder,
      mode: failure === null ? 'events' : 'polling',
      pollingReason: failure,
    };
    if (status !== null && JSON.stringify(status) === JSON.stringify(next)) return;
    status = next;
    onStatus(next);
  }

  function listen(look: Look, folder: string, folders: readonly string[]): void {
    // Anew after every change: a folder that was made again under the same name is another one.
    if (look.kind === 'missing') hints.disarm();
    else hints.arm(folder, folders);
  }

  /** One look and what follows from it. Returns how long nothing has to be done. */
  async function turn(wasHinted: boolean): Promise<{ readonly step: SettleStep; readonly lookMs: number }> {
    const startedAt = performance.now();
    const folder = await folderToWatch(path, signal);
    const { look, folders } = await lookAtFolder(folder, { pool, signal });
    const lookMs = performance.now() - startedAt;
    const before = settled.look;
    // As of its beginning: what changes while it lasts, the next one shows.
    const { state, step } = afterLook(settled, look, startedAt);
    settled = state;
    if (state.look !== before) {
      isNoise = false;
      listen(look, folder, folders);
    } else if (wasHinted && step.kind === 'rest') {
      isNoise = true;
    }
    if (step.kind !== 'judge') {
      tell(step.kind === 'rest' ? step.as : state.verdict === 'retry' ? 'waiting' : 'settling', folder);
      return { step, lookMs };
    }
    tell('publishing', folder);
    const verdict = await judge(folder, { isLastChance: step.isLastChance, signal });
    settled = afterVerdict(settled, verdict, performance.now());
    // Much may have happened meanwhile.
    return { step: { kind: 'look-again', afterMs: 0 }, lookMs };
  }

  async function wait(step: SettleStep, lookMs: number): Promise<void> {
    const isWriting = step.kind === 'look-again' && settled.verdict === null;
    const ms = waitMs(step, { isWriting, lookMs, isPolling: hints.failure !== null });
    // While a build is being written every hint says the same: it is looked at when it has had its quiet time.
    if (isHinted && !isWriting) return await burst(lookMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const onWake = (): void => {
      if (!isWriting || signal.aborted || settled === beforeFirstLook) resolve();
    };
    wake = onWake;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    if (isHinted && !isWriting) await burst(lookMs);
  }

  async function burst(lookMs: number): Promise<void> {
    const ms = isNoise ? clamp(5 * lookMs, MIN_BURST_MS, MAX_BURST_MS) : MIN_BURST_MS;
    await delay(ms, undefined, { signal });
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const wasHinted = isHinted;
        isHinted = false;
        const { step, lookMs } = await turn(wasHinted);
        await wait(step, lookMs);
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await delay(MAX_BURST_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  signal.addEventListener('abort', () => wake());
  const ended = run();
  return {
    tryAgain() {
      settled = beforeFirstLook;
      wake();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      hints[Symbol.dispose]();
    },
  };
}

/**
 * Time until the next look when no hint comes. What waits for something else than its quiet time (the rest of a build, a
 * folder that may be read again) is looked at as one at rest is: hints may not come, and looking is not judging.
 */
export function waitMs(
  step: SettleStep,
  {
    isWriting,
    lookMs,
    isPolling,
  }: { readonly isWriting: boolean; readonly lookMs: number; readonly isPolling: boolean },
): number {
  if (step.kind === 'judge') return 0;
  if (step.kind === 'rest') return restMs(step.as, lookMs, isPolling);
  return isWriting ? step.afterMs : Math.min(step.afterMs, restMs('waiting', lookMs, isPolling));
}

/**
 * Time until a folder at rest is looked at without a hint. Short where looking is quick, and so long where it is not
 * that it never takes more than a hundredth of a processor, a twentieth where there are no hints.
 */
export function restMs(as: 'waiting' | 'missing', lookMs: number, isPolling: boolean): number {
  if (as === 'missing') return MISSING_POLL_MS;
  return isPolling ? clamp(20 * lookMs, 1000, 30_000) : clamp(100 * lookMs, 2000, 60_000);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
