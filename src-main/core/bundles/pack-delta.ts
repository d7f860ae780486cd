import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';

import type { ReportProgress } from '#core/jobs/progress.ts';

import { AppError, asStorageError, throwIfAborted } from '../app-error.ts';
import { type BrotliQuality, mayUseBrotli, needsBrotli, planQualities } from './body-rules.ts';
import type { BuildFile } from './build-file.ts';
import type { DeflatePool } from './deflate-pool.ts';
import {
  type BodySealing,
  type BodyTask,
  type CancelFlag,
  LARGE_FILE_BYTES,
  type MadeBodies,
  type MadeBody,
  type StoredBrotli,
} from './deflate-protocol.ts';

/** A file whose body has to be made. */
export type BodyOrder = {
  readonly file: BuildFile;
  /** Of the content, as it was packed. */
  readonly sha256: string;
  /** Told by its bundle entry: whether compressing it pays. */
  readonly isCompressible: boolean;
  /** Its sealed hash is known already. */
  readonly hasSeal: boolean;
  /** Its brotli form, where an earlier release has one. */
  readonly stored: StoredBrotli | null;
};

export type PackDeltaOptions = {
  readonly pool: DeflatePool;
  readonly sealing: BodySealing | null;
  /** Phones have most files of the build already: see `planQualities`. */
  readonly isRebuild: boolean;
  readonly signal?: AbortSignal | undefined;
  /** In files. */
  readonly report?: ReportProgress | undefined;
};

export type PackedDelta = {
  /** Lowercase hex SHA-256 of the pack. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** In the order of the pack. */
  readonly bodies: readonly PackedBody[];
};

export type PackedBody = MadeBody & {
  /** Where it begins in the pack. */
  readonly offset: number;
};

/** What a thread does between two pieces of progress: up to a fifth of a second. */
const BATCH_COST = 64 * 1024;
/** A file that takes longer than a tenth of a second is compressed in steps, so that a cancel is seen between them. */
const STEPS_FROM_COST = 32 * 1024;
const BATCH_FILES = 64;
const BATCH_BYTES = 1024 * 1024;
/** A quality's cost for each byte, beside quality 11: see `planQualities`. */
const COST = { 11: 1, 10: 0.4, 9: 0.04, 5: 0.01 } as const;
/** Reading, hashing, encrypting; and for each file opening it, and sealing its hash. */
const COPY_COST = 0.01;
const FILE_COST = 64;
const SEAL_COST = 512;
const COPY_BYTES = 1024 * 1024;

type Unit =
  | { readonly kind: 'batch'; readonly tasks: readonly BodyTask[] }
  | { readonly kind: 'large'; readonly task: BodyTask; readonly spoolPath: string };

/**
 * Makes the bodies of a delta update and writes them to `out`, one after the other: a pack. It is one file, whatever
 * the number of bodies, because thousands of files would each have to be brought to the disk.
 * Rejects with `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `ZIP_INVALID`, `DISK_FULL`, `CANCELLED`; then nothing is left.
 */
export async function packDelta(
  orders: readonly BodyOrder[],
  out: string,
  { pool, sealing, isRebuild, signal, report }: PackDeltaOptions,
): Promise<PackedDelta> {
  throwIfAborted(signal);
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });
  const running = new Map<Unit, Promise<MadeBodies>>();
  const waiting = planUnits(orders, out, isRebuild).values();
  const run = (unit: Unit): Promise<MadeBodies> => {
    if (unit.kind === 'batch') return pool.makeBodies(unit.tasks, sealing, cancel);
    const made = pool.makeLargeBody(unit.task, sealing, unit.spoolPath, cancel);
    return made.then((body) => ({ bodies: [body], bytes: new Uint8Array(0) }));
  };
  const startNext = (): void => {
    const { value: unit } = waiting.next();
    if (!unit) return;
    const result = run(unit);
    // Awaited in order; until then a failure is not to count as unhandled.
    result.catch(() => undefined);
    running.set(unit, result);
  };

  const writer = await createPackWriter(out);
  let done = 0;
  try {
    for (let index = 0; index < pool.size * 3; index += 1) startNext();
    for (const [unit, result] of running) {
      const { bodies, bytes } = await result;
      throwIfAborted(signal);
      if (unit.kind === 'batch') await writer.add(bodies, bytes);
      else await writer.addSpooled(bodies, unit.spoolPath, signal);
      running.delete(unit);
      startNext();
      done += bodies.length;
      report?.({ done, total: orders.length, unit: 'files' });
    }
    throwIfAborted(signal);
    return await writer.end();
  } catch (error) {
    raiseCancel();
    // Threads may still read through the build's descriptor, which is closed after this.
    await Promise.allSettled(running.values());
    for (const unit of running.keys()) if (unit.kind === 'large') await rm(unit.spoolPath, { force: true });
    await writer.discard();
    throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: error }) : asStorageError(error);
  } finally {
    signal?.removeEventListener('abort', raiseCancel);
  }
}

/** What takes longest first, so that no thread is left alone with it at the end. */
function planUnits(orders: readonly BodyOrder[], out: string, isRebuild: boolean): Unit[] {
  const candidates = orders.filter(
    ({ file, isCompressible, stored }) => isCompressible && !isUsable(stored) && mayUseBrotli(file.sizeBytes),
  );
  const qualities = planQualities(
    candidates.map(({ file }) => file),
    { isRebuild },
  );
  const tasks = orders
    .map((order) => {
      const task = toTask(order, qualities.get(order.file));
      return { task, cost: costOf(task) };
    })
    .toSorted((left, right) => right.cost - left.cost);

  const units: Unit[] = [];
  let batch: BodyTask[] = [];
  let spent = 0;
  let bytes = 0;
  const endBatch = (): void => {
    if (batch.length > 0) units.push({ kind: 'batch', tasks: batch });
    batch = [];
    spent = 0;
    bytes = 0;
  };
  for (const { task, cost } of tasks) {
    const taskBytes = task.stored?.sizeBytes ?? task.sizeBytes;
    if (taskBytes > LARGE_FILE_BYTES || cost > STEPS_FROM_COST) {
      units.push({ kind: 'large', task, spoolPath: `${out}.${units.length}.part` });
      continue;
    }
    const isFull = batch.length >= BATCH_FILES || bytes + taskBytes > BATCH_BYTES;
    if (isFull || spent + cost > BATCH_COST) endBatch();
    batch.push(task);
    spent += cost;
    bytes += taskBytes;
  }
  endBatch();
  return units;
}

function toTask({ file, sha256, hasSeal, stored: found }: BodyOrder, planned: BrotliQuality | undefined): BodyTask {
  const { path, sizeBytes, source: content } = file;
  const isForced = needsBrotli(file);
  const stored = isUsable(found) ? found : null;
  // Forced ones are few, what is not compressible costs no more at any quality, and what is stored is hardly ever lost.
  const quality = planned ?? (isForced || stored ? 5 : null);
  return { path, sizeBytes, content, sha256, quality, isForced, hasSeal, stored };
}

/** Larger ones would have to be in memory as a whole; compressing them anew is done piece by piece. */
function isUsable(stored: StoredBrotli | null): boolean {
  return stored !== null && stored.sizeBytes <= LARGE_FILE_BYTES;
}

function costOf({ sizeBytes, quality, hasSeal, stored }: BodyTask): number {
  const byByte = quality === null || stored ? COPY_COST : COST[quality];
  return (stored?.sizeBytes ?? sizeBytes) * byByte + FILE_COST + (hasSeal ? 0 : SEAL_COST);
}

type PackWriter = {
  add(bodies: readonly MadeBody[], bytes: Uint8Array): Promise<void>;
  addSpooled(bodies: readonly MadeBody[], spoolPath: string, signal: AbortSignal | undefined): Promise<void>;
  end(): Promise<PackedDelta>;
  discard(): Promise<void>;
};

async function createPackWriter(path: string): Promise<PackWriter> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    throw asStorageError(error);
  }
  const digest = createHash('sha256');
  const packed: PackedBody[] = [];
  let position = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    digest.update(bytes);
    position += bytes.length;
    await file.writeFile(bytes);
  }

  function note(bodies: readonly MadeBody[]): void {
    let offset = position;
    for (const body of bodies) {
      packed.push({ ...body, offset });
      offset += body.sizeBytes;
    }
  }

  return {
    async add(bodies, bytes) {
      note(bodies);
      await write(bytes);
    },
    async addSpooled(bodies, spoolPath, signal) {
      note(bodies);
      for await (const chunk of createReadStream(spoolPath, { highWaterMark: COPY_BYTES }) as AsyncIterable<Buffer>) {
        throwIfAborted(signal);
        await write(chunk);
      }
      await rm(spoolPath, { force: true });
    },
    async end() {
      await file.close();
      return { sha256: digest.digest('hex'), sizeBytes: position, bodies: packed };
    },
    async discard() {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}
