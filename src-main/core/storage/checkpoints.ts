import { Worker } from 'node:worker_threads';

/**
 * Moves what was written from SQLite's write-ahead log into the database's file, in a thread of its own: it waits for
 * the disk twice, for tens of milliseconds, and all devices would wait with it. `close` returns once nothing is open.
 */
export type Checkpoints = {
  /** Call after a commit. */
  noteWrites(count: number): void;
  close(): void;
};

/** What the thread is given. */
export type CheckpointThread = {
  readonly path: string;
  /** 1 from the order to its end. */
  readonly isBusy: Int32Array;
};

/** About half the pages after which SQLite makes a checkpoint by itself: while the disk takes them in, commits wait. */
const WRITES_BETWEEN = 200;
/** Longer than any disk takes for the little that is moved at once. */
const CLOSE_TIMEOUT_MS = 10_000;

// Sources run as they are, in tests and in the launcher; the build puts the worker beside the chunk with this code.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './checkpoint-worker.ts' : './checkpoint-worker.js',
  import.meta.url,
);

/** The thread starts with the first order. Should it ever fail, the connection that writes makes its own checkpoints. */
export function createCheckpoints(path: string): Checkpoints {
  const isBusy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let worker: Worker | undefined;
  let isReady = false;
  let writes = 0;

  function start(): Worker {
    const started = new Worker(workerUrl, { workerData: { path, isBusy } satisfies CheckpointThread });
    started.unref();
    started.once('online', () => (isReady = true));
    started.once('error', end);
    return started;
  }

  function end(): void {
    isReady = false;
    Atomics.store(isBusy, 0, 0);
  }

  return {
    noteWrites(count) {
      writes += count;
      if (writes < WRITES_BETWEEN) return;
      worker ??= start();
      if (!isReady || Atomics.load(isBusy, 0) === 1) return;
      writes = 0;
      Atomics.store(isBusy, 0, 1);
      worker.postMessage(null, []);
    },
    close() {
      if (isReady) Atomics.wait(isBusy, 0, 1, CLOSE_TIMEOUT_MS);
      isReady = false;
      void worker?.terminate();
    },
  };
}
