import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import type { Finding } from '#contract/models/finding.ts';
import type { ReportProgress } from '#core/jobs/progress.ts';

import { AppError, asStorageError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import { assertContent, type BuildFile, contentError, streamBuildFile } from './build-file.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import { type CancelFlag, type DeflatedEntry, type DeflateTask, LARGE_FILE_BYTES } from './deflate-protocol.ts';
import { compareNames, nameProblems, plainName, refusedName } from './name-rules.ts';
import type { ReusableEntry, ReusablePack } from './pack-cache.ts';
import type { PackedEntry } from './packed-entry.ts';
import { centralHeader, endOfCentralDirectory, localHeader, METHOD_STORED } from './zip-format.ts';

/** What was packed; an `OpenBuild` is one. */
export type PackableBuild = { readonly files: readonly BuildFile[]; readonly findings?: readonly Finding[] };

export type PackOptions = {
  readonly signal?: AbortSignal | undefined;
  /** In bytes of content. */
  readonly report?: ReportProgress | undefined;
  /** An earlier zip of the same build, to copy from what is surely the same. */
  readonly reuse?: ReusablePack | null | undefined;
  /** Threads to use; without it some are started for this call alone. */
  readonly pool?: DeflatePool | undefined;
};

export type { PackedEntry } from './packed-entry.ts';

export type PackedBundle = {
  /** Lowercase hex SHA-256 of the zip. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly files: number;
  readonly rawBytes: number;
  /** In the order of the zip. */
  readonly entries: readonly PackedEntry[];
};

/** Small files of one request: enough to hide the way between threads, few enough to cancel within 100 ms. */
const BATCH_FILES = 128;
const BATCH_BYTES = 512 * 1024;
/** Copied from an earlier zip in one go. */
const REUSED_BYTES = 2 * 1024 * 1024;
/** Content that is being worked on or waits for its turn to be written. */
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const COPY_BYTES = 1024 * 1024;

/**
 * Writes the bundle zip of a build to `out`, which must not exist: sorted names, fixed dates, sizes in the local
 * headers, so that equal content gives equal bytes. It is on the disk when this returns; on failure nothing is left.
 * Fails with `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `ZIP_INVALID`, `ZIP_UNSAFE`, `BUILD_HAS_ERRORS` (findings about
 * names and links), `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`, `CANCELLED`.
 */
export async function packBundle(build: PackableBuild, out: string, options: PackOptions = {}): Promise<PackedBundle> {
  throwIfAborted(options.signal);
  const errors = build.findings?.filter((finding) => finding.severity === 'error').length ?? 0;
  if (errors > 0) throw new AppError('BUILD_HAS_ERRORS', { count: errors });
  const files = build.files.toSorted((left, right) => compareNames(left.path, right.path));
  assertSafeNames(files);

  await using ownPool = options.pool ? null : createDeflatePool();
  const pool = options.pool ?? ownPool;
  if (!pool) throw new AppError('INTERNAL');
  const writer = await createZipFile(out);
  try {
    const entries = await packInto(writer, files, pool, options);
    const { sha256, sizeBytes, offsets } = await writer.end();
    return {
      sha256,
      sizeBytes,
      files: entries.length,
      rawBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
      entries: entries.map((entry, index) => toPackedEntry(entry, offsets[index] ?? 0)),
    };
  } catch (error) {
    await writer.discard();
    throw asStorageError(error);
  }
}

function toPackedEntry(entry: DeflatedEntry, start: number): PackedEntry {
  const { path, sizeBytes, sha256, compressedBytes, method, crc32: crc } = entry;
  const contentAt = start + localHeader(headOf(entry)).length;
  return {
    path,
    sizeBytes,
    sha256,
    compressedBytes,
    storedAt: method === METHOD_STORED ? contentAt : null,
    method,
    crc32: crc,
    start,
    end: contentAt + compressedBytes,
  };
}

/** What the threads get to do at once. */
type Unit =
  | { readonly kind: 'batch'; readonly files: readonly BuildFile[]; readonly bytes: number }
  | { readonly kind: 'large'; readonly file: BuildFile; readonly spoolPath: string }
  /** Neighbours in an earlier zip. */
  | { readonly kind: 'reused'; readonly entries: readonly ReusableEntry[]; readonly bytes: number };

type UnitResult = { readonly entries: readonly DeflatedEntry[]; readonly bytes: Uint8Array };

/** Threads work ahead, in order; what they made is written in order. So their timing cannot show in the zip. */
async function packInto(
  writer: ZipFileWriter,
  files: readonly BuildFile[],
  pool: DeflatePool,
  { signal, report, reuse = null }: PackOptions,
): Promise<DeflatedEntry[]> {
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });

  const ahead = createLookAhead(planUnits(files, writer.path, reuse), pool, cancel, reuse);
  const entries: DeflatedEntry[] = [];
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  let bytesDone = 0;
  try {
    for (let next = ahead.next(); next; next = ahead.next()) {
      const { unit } = next;
      const { entries: made, bytes } = await next.result;
      throwIfAborted(signal);
      if (unit.kind !== 'large') await writer.addReady(made, bytes);
      else await writer.addLarge(unit.file, made[0], unit.spoolPath, signal);
      ahead.isWritten(next);
      for (const entry of made) entries.push(entry);
      bytesDone += made.reduce((sum, entry) => sum + entry.sizeBytes, 0);
      report?.({ done: bytesDone, total, unit: 'bytes' });
    }
    throwIfAborted(signal);
    return entries;
  } catch (error) {
    raiseCancel();
    await ahead.abandon();
    throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: error }) : error;
  } finally {
    signal?.removeEventListener('abort', raiseCancel);
  }
}

type Started = { readonly unit: Unit; readonly result: Promise<UnitResult> };

type LookAhead = {
  /** The next unit in the order of the bundle, started; work on those behind it is started as far as there is room. */
  next(): Started | undefined;
  isWritten(started: Started): void;
  /** Waits until no thread works on any of them, and removes their spool files. */
  abandon(): Promise<void>;
};

function createLookAhead(
  units: readonly Unit[],
  pool: DeflatePool,
  cancel: CancelFlag,
  reuse: ReusablePack | null,
): LookAhead {
  const started = new Map<Unit, Started>();
  const large = units.filter((unit) => unit.kind === 'large');
  let nextIndex = 0;
  let startedIndex = 0;
  let nextLarge = 0;
  let bytesUnderWay = 0;

  function start(unit: Unit): Started {
    const known = started.get(unit);
    if (known) return known;
    const result = runUnit(unit, pool, cancel, reuse);
    // Awaited in order; until then a failure is not to count as unhandled.
    result.catch(() => undefined);
    const entry = { unit, result };
    started.set(unit, entry);
    if (unit.kind !== 'large') bytesUnderWay += unit.bytes;
    return entry;
  }

  return {
    next() {
      // A large file takes longest: one that came last would keep one thread busy while the others rest.
      for (let unit = large[nextLarge]; unit && countLarge(started) < pool.size; unit = large[nextLarge]) {
        nextLarge += 1;
        start(unit);
      }
      const unit = units[nextIndex];
      if (!unit) return undefined;
      const first = start(unit);
      nextIndex += 1;
      startedIndex = Math.max(startedIndex, nextIndex);
      while (startedIndex < nextIndex + pool.size * 3 && bytesUnderWay < BYTES_IN_FLIGHT) {
        const following = units[startedIndex];
        if (!following) break;
        start(following);
        startedIndex += 1;
      }
      return first;
    },
    isWritten({ unit }) {
      started.delete(unit);
      if (unit.kind !== 'large') bytesUnderWay -= unit.bytes;
    },
    async abandon() {
      // Threads may still read through the build's descriptor, which is closed after this.
      await Promise.allSettled([...started.values()].map(({ result }) => result));
      for (const unit of started.keys()) {
        if (unit.kind === 'large') await rm(unit.spoolPath, { force: true });
      }
    },
  };
}

function countLarge(started: ReadonlyMap<Unit, unknown>): number {
  let count = 0;
  for (const unit of started.keys()) if (unit.kind === 'large') count += 1;
  return count;
}

function planUnits(files: readonly BuildFile[], out: string, reuse: ReusablePack | null): Unit[] {
  const units: Unit[] = [];
  let batch: BuildFile[] = [];
  let reused: ReusableEntry[] = [];
  let bytes = 0;
  const endUnit = (): void => {
    if (batch.length > 0) units.push({ kind: 'batch', files: batch, bytes });
    if (reused.length > 0) units.push({ kind: 'reused', entries: reused, bytes });
    batch = [];
    reused = [];
    bytes = 0;
  };
  for (const file of files) {
    const known = reuse?.find(file);
    if (known) {
      const length = known.end - known.start;
      const isNeighbour = reused.at(-1)?.end === known.start;
      if (!isNeighbour || bytes + length > REUSED_BYTES) endUnit();
      reused.push(known);
      bytes += length;
      continue;
    }
    if (reused.length > 0) endUnit();
    const isLarge = file.sizeBytes > LARGE_FILE_BYTES;
    if (isLarge || batch.length >= BATCH_FILES || bytes + file.sizeBytes > BATCH_BYTES) endUnit();
    if (isLarge) {
      units.push({ kind: 'large', file, spoolPath: `${out}.${units.length}.part` });
    } else {
      batch.push(file);
      bytes += file.sizeBytes;
    }
  }
  endUnit();
  return units;
}

async function runUnit(
  unit: Unit,
  pool: DeflatePool,
  cancel: CancelFlag,
  reuse: ReusablePack | null,
): Promise<UnitResult> {
  if (unit.kind === 'reused') {
    const [first] = unit.entries;
    if (!reuse || !first) throw new AppError('INTERNAL');
    return { entries: unit.entries.map(({ entry }) => entry), bytes: await reuse.read(first.start, unit.bytes) };
  }
  if (unit.kind === 'batch') return pool.deflateBatch(unit.files.map(toTask), cancel);
  const entry = await pool.deflateLarge(toTask(unit.file), unit.spoolPath, cancel);
  return { entries: [entry], bytes: new Uint8Array(0) };
}

function toTask({ path, sizeBytes, source }: BuildFile): DeflateTask {
  return { path, sizeBytes, content: source };
}

/** The lists of folders and zips hold none of these; nothing else may bring them into a bundle either. */
function assertSafeNames(files: readonly BuildFile[]): void {
  for (const [index, { path }] of files.entries()) {
    const problem =
      refusedName(path)?.code ??
      (plainName(path) !== path || path === '' ? 'NAME_ESCAPES_ROOT' : undefined) ??
      (files[index + 1]?.path === path ? 'NAME_DUPLICATE' : undefined) ??
      nameProblems(path).find(({ code }) => code === 'NAME_TOO_LONG')?.code;
    if (problem) throw new AppError('ZIP_UNSAFE', { reason: `${path}: ${problem}` });
  }
}

type ZipFileWriter = {
  readonly path: string;
  /** Entries whose headers and bytes are ready. */
  addReady(entries: readonly DeflatedEntry[], bytes: Uint8Array): Promise<void>;
  /** An entry whose bytes are in a spool file, or, when stored, still where the build has them. */
  addLarge(
    file: BuildFile,
    entry: DeflatedEntry | undefined,
    spoolPath: string,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /** Writes the directory and brings everything to the disk. `offsets`: of the local headers, in order. */
  end(): Promise<{ sha256: string; sizeBytes: number; offsets: readonly number[] }>;
  /** Closes and removes the file. */
  discard(): Promise<void>;
};

async function createZipFile(path: string): Promise<ZipFileWriter> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw new AppError('OUTPUT_EXISTS', { path }, { cause: error });
    throw outputError(path, error);
  }
  const digest: Hash = createHash('sha256');
  const directory: { readonly entry: DeflatedEntry; readonly offset: number }[] = [];
  let position = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    digest.update(bytes);
    position += bytes.length;
    try {
      for (let done = 0; done < bytes.length;) {
        done += (await file.write(bytes, done, bytes.length - done, null)).bytesWritten;
      }
    } catch (error) {
      throw outputError(path, error);
    }
  }

  return {
    path,
    async addReady(entries, bytes) {
      let offset = position;
      for (const entry of entries) {
        directory.push({ entry, offset });
        offset += localHeader(headOf(entry)).length + entry.compressedBytes;
      }
      await write(bytes);
    },
    async addLarge(source, entry, spoolPath, signal) {
      if (!entry) throw new AppError('INTERNAL');
      directory.push({ entry, offset: position });
      await write(localHeader(headOf(entry)));
      if (entry.method === METHOD_STORED) {
        await copySource(source, entry, write, signal);
        return;
      }
      for await (const chunk of createReadStream(spoolPath, { highWaterMark: COPY_BYTES }) as AsyncIterable<Buffer>) {
        throwIfAborted(signal);
        await write(chunk);
      }
      await rm(spoolPath, { force: true });
    },
    async end() {
      const start = position;
      let pending: Buffer[] = [];
      let pendingBytes = 0;
      for (const { entry, offset } of directory) {
        const header = centralHeader(headOf(entry), offset);
        pending.push(header);
        pendingBytes += header.length;
        if (pendingBytes < COPY_BYTES) continue;
        await write(Buffer.concat(pending));
        pending = [];
        pendingBytes = 0;
      }
      await write(Buffer.concat(pending));
      await write(endOfCentralDirectory({ entries: directory.length, bytes: position - start, offset: start }));
      try {
        await file.sync();
        await file.close();
      } catch (error) {
        throw outputError(path, error);
      }
      return { sha256: digest.digest('hex'), sizeBytes: position, offsets: directory.map(({ offset }) => offset) };
    },
    async discard() {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}

/** Copies content that is kept as it is; a file that is no longer what was measured is refused. */
async function copySource(
  source: BuildFile,
  entry: DeflatedEntry,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let bytes = 0;
  let crc = 0;
  const stream = streamBuildFile(source);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      throwIfAborted(signal);
      bytes += chunk.length;
      crc = crc32(chunk, crc);
      if (bytes > entry.sizeBytes) break;
      await write(chunk);
    }
    assertContent(source, bytes, crc);
  } catch (error) {
    throw contentError(source, error);
  }
  if (crc !== entry.crc32) throw new AppError('SOURCE_CHANGED', { path: source.path });
}

function headOf(entry: DeflatedEntry): Parameters<typeof localHeader>[0] {
  return { ...entry, name: Buffer.from(entry.path) };
}

function outputError(path: string, error: unknown): unknown {
  const storage = asStorageError(error);
  if (storage instanceof AppError) return storage;
  return new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
}
