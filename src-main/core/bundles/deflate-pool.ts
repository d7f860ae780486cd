import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { AppError } from '../app-error.ts';
import type {
  BodySealing,
  BodyTask,
  CancelFlag,
  DeflatedBatch,
  DeflatedEntry,
  DeflateFailure,
  DeflateReply,
  DeflateRequest,
  DeflateResults,
  DeflateTask,
  MadeBodies,
  MadeBody,
  VerifiedZip,
  ZipPart,
} from './deflate-protocol.ts';
import { type ReadStats, unpackStats } from './file-stats.ts';

/** Threads that list, read, hash and compress. Started when first used, one after another as work piles up. */
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
  /** What the file system says of names in a folder; those that cannot be asked about say why. */
  readStats: ReadStats;
  /** Unpacks a zip that is open in this process, or a part of it. Rejects with `ZIP_INVALID`, `ZIP_UNSAFE`, `CANCELLED`. */
  checkZip(zip: ZipPart, cancel: CancelFlag): Promise<VerifiedZip>;
  /** Lowercase hex SHA-256 of each content, in their order. Rejects with `AppError`. */
  digest(tasks: readonly DeflateTask[], cancel: CancelFlag): Promise<readonly string[]>;
  /** Ends the threads; work that was under way is rejected with `CANCELLED`. The pool is of no use afterwards. */
  close(): Promise<void>;
};

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

type Kind = DeflateRequest['kind'];

type Waiting = {
  readonly id: number;
  readonly body: RequestBody;
  readonly resolve: (result: DeflateResults[Kind]) => void;
  readonly reject: (error: unknown) => void;
};

type Thread = { readonly worker: Worker; readonly running: Map<number, Waiting> };

export function createDeflatePool(options: { readonly size?: number } = {}): DeflatePool {
  const size = Math.max(1, Math.min(options.size ?? availableParallelism(), MAXIMUM_THREADS));
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let lastId = 0;
  let isClosed = false;

  function request<K extends Kind>(body: RequestBody & { readonly kind: K }): Promise<DeflateResults[K]> {
    if (isClosed) return Promise.reject(new AppError('CANCELLED'));
    const { promise, resolve, reject } = Promise.withResolvers<DeflateResults[Kind]>();
    lastId += 1;
    queue.push({ id: lastId, body, resolve, reject });
    assign();
    // A thread answers each kind of request with its own kind of result, which the compiler cannot see from here.
    return promise as Promise<DeflateResults[K]>;
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
      if (reply.ok) waiting?.resolve(reply.result);
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
    deflateLarge: (task, spoolPath, cancel) => request({ kind: 'large', task, spoolPath, cancel }),
    makeBodies: (tasks, sealing, cancel) => request({ kind: 'bodies', tasks, sealing, cancel }),
    makeLargeBody: (task, sealing, spoolPath, cancel) =>
      request({ kind: 'large-body', task, sealing, spoolPath, cancel }),
    readStats: async (directory, names) => unpackStats(await request({ kind: 'look', directory, names })),
    digest: (tasks, cancel) => request({ kind: 'digest', tasks, cancel }),
    checkZip: (zip, cancel) => request({ kind: 'check', zip, cancel }),
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
    case 'SOURCE_NOT_A_BUILD':
      return new AppError(code, { path }, { cause });
    case 'ZIP_INVALID':
    case 'ZIP_UNSAFE':
    case 'BUILD_TOO_LARGE':
      return new AppError(code, { reason: path === '' ? reason : `${path}: ${reason}` }, { cause });
    case 'CANCELLED':
    case 'DISK_FULL':
    case 'INTERNAL':
    default:
      return new AppError(code, {}, { cause });
  }
}
