import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { AppError } from '../app-error.ts';
import type {
  BodySealing,
  BodyTask,
  CancelFlag,
  DeflatedEntry,
  DeflateFailure,
  DeflateReply,
  DeflateRequest,
  DeflateTask,
  MadeBody,
} from './deflate-protocol.ts';

/** Threads that read, hash and compress. Started when first used, one after another as work piles up. */
export type DeflatePool = AsyncDisposable & {
  readonly size: number;
  /** Small files: local headers and bytes, ready to be written. Rejects with `AppError`. */
  deflateBatch(tasks: readonly DeflateTask[], cancel: CancelFlag): Promise<DeflatedBatch>;
  /** One large file; its compressed bytes are in `spoolPath` unless the entry is stored. Rejects with `AppError`. */
  deflateLarge(task: DeflateTask, spoolPath: string, cancel: CancelFlag): Promise<DeflatedEntry>;
  /** Bodies of a delta update, of small files: their bytes one after the other. Rejects with `AppError`. */
  makeBodies(tasks: readonly BodyTask[], sealing: BodySealing | null, cancel: CancelFlag): Promise<MadeBodies>;
  /** The body of one large file, in `spoolPath`. Rejects with `AppError`. */
  makeLargeBody(task: BodyTask, sealing: BodySealing | null, spoolPath: string, cancel: CancelFlag): Promise<MadeBody>;
  /** Ends the threads; work that was under way is rejected with `CANCELLED`. The pool is of no use afterwards. */
  close(): Promise<void>;
};

export type DeflatedBatch = { readonly entries: readonly DeflatedEntry[]; readonly bytes: Uint8Array };

export type MadeBodies = { readonly bodies: readonly MadeBody[]; readonly bytes: Uint8Array };

/** More threads than this wait for the disk, not for the processor, and each takes memory. */
const MAXIMUM_THREADS = 8;
/** One request is worked on while the next already lies with the thread. */
const REQUESTS_PER_THREAD = 2;

// Sources run as they are, in tests and in the launcher; the build puts the worker beside the chunk with this code.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './deflate-worker.ts' : './deflate-worker.js',
  import.meta.url,
);

/** Of each kind of request, all but its number. */
type RequestBody<Request = DeflateRequest> = Request extends DeflateRequest ? Omit<Request, 'id'> : never;

type Made = Extract<DeflateReply, { ok: true }>;

type Waiting = {
  readonly id: number;
  readonly body: RequestBody;
  readonly resolve: (reply: Made) => void;
  readonly reject: (error: unknown) => void;
};

type Thread = { readonly worker: Worker; readonly running: Map<number, Waiting> };

export function createDeflatePool(options: { readonly size?: number } = {}): DeflatePool {
  const size = Math.max(1, Math.min(options.size ?? availableParallelism(), MAXIMUM_THREADS));
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let lastId = 0;
  let isClosed = false;

  function request(body: RequestBody): Promise<Made> {
    if (isClosed) return Promise.reject(new AppError('CANCELLED'));
    return new Promise((resolve, reject) => {
      lastId += 1;
      queue.push({ id: lastId, body, resolve, reject });
      assign();
    });
  }

  function assign(): void {
    while (queue.length > 0) {
      const thread = pickThread();
      const next = thread && queue.shift();
      if (!thread || !next) return;
      if (thread.running.size === 0) thread.worker.ref();
      thread.running.set(next.id, next);
      thread.worker.postMessage({ id: next.id, ...next.body }, []);
    }
  }

  /** An idle thread, else a new one, else one with room. */
  function pickThread(): Thread | undefined {
    let leastBusy: Thread | undefined;
    for (const thread of threads) {
      if (!leastBusy || thread.running.size < leastBusy.running.size) leastBusy = thread;
    }
    if (leastBusy?.running.size === 0) return leastBusy;
    if (threads.size < size) return startThread();
    return leastBusy && leastBusy.running.size < REQUESTS_PER_THREAD ? leastBusy : undefined;
  }

  function startThread(): Thread {
    // Flags of the main process (a debugger, a test runner's loader) are not for this thread.
    const worker = new Worker(workerUrl, { execArgv: [], name: 'deflate' });
    const thread: Thread = { worker, running: new Map() };
    threads.add(thread);
    worker.on('message', (reply: DeflateReply) => {
      const waiting = thread.running.get(reply.id);
      thread.running.delete(reply.id);
      // An idle thread does not keep the process alive.
      if (thread.running.size === 0) worker.unref();
      if (reply.ok) waiting?.resolve(reply);
      else waiting?.reject(toAppError(reply.failure));
      assign();
    });
    const lose = (error: unknown): void => {
      if (!threads.delete(thread)) return;
      for (const waiting of thread.running.values()) waiting.reject(error);
      thread.running.clear();
      if (isClosed) return;
      assign();
    };
    worker.on('error', (error) => {
      lose(new AppError('INTERNAL', {}, { cause: error }));
    });
    worker.on('exit', () => {
      lose(new AppError(isClosed ? 'CANCELLED' : 'INTERNAL'));
    });
    return thread;
  }

  async function close(): Promise<void> {
    isClosed = true;
    for (const waiting of queue.splice(0)) waiting.reject(new AppError('CANCELLED'));
    await Promise.all([...threads].map((thread) => thread.worker.terminate()));
  }

  return {
    size,
    deflateBatch: (tasks, cancel) => request({ kind: 'batch', tasks, cancel }),
    async deflateLarge(task, spoolPath, cancel) {
      const { entries } = await request({ kind: 'large', task, spoolPath, cancel });
      const entry = entries[0];
      if (!entry) throw new AppError('INTERNAL');
      return entry;
    },
    makeBodies: (tasks, sealing, cancel) => request({ kind: 'bodies', tasks, sealing, cancel }),
    async makeLargeBody(task, sealing, spoolPath, cancel) {
      const { bodies } = await request({ kind: 'large-body', task, sealing, spoolPath, cancel });
      const body = bodies[0];
      if (!body) throw new AppError('INTERNAL');
      return body;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toAppError({ code, path, reason }: DeflateFailure): AppError {
  const cause = new Error(reason);
  switch (code) {
    case 'SOURCE_CHANGED':
      return new AppError(code, { path }, { cause });
    case 'SOURCE_UNREADABLE':
      return new AppError(code, { path, reason }, { cause });
    case 'ZIP_INVALID':
      return new AppError(code, { reason: `${path}: ${reason}` }, { cause });
    case 'CANCELLED':
    case 'DISK_FULL':
    case 'INTERNAL':
    default:
      return new AppError(code, {}, { cause });
  }
}
