import { createHash, hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parentPort } from 'node:worker_threads';
import { crc32, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';

import {
  ContentChangedError,
  ContentDamagedError,
  openListedFile,
  readFully,
  readZipBytes,
  streamContent,
  zipEntryDataStart,
} from './content.ts';
import type {
  CancelFlag,
  DeflatedEntry,
  DeflateFailure,
  DeflateReply,
  DeflateRequest,
  DeflateTask,
} from './deflate-protocol.ts';
import { localHeader, METHOD_DEFLATE, METHOD_STORED, type ZipMethod } from './zip-format.ts';

/** zlib's own default: level 9 costs several times the time for 1 % fewer bytes on web builds. */
const LEVEL = 6;
/** Below this a file is compressed as a whole; above, samples decide first. */
const SAMPLED_ABOVE_BYTES = 4 * 1024;
const SAMPLE_POSITIONS = [0.25, 0.5, 0.75] as const;
/** Samples that shrink by less than 2 % are of compressed media, archives or fonts. */
const WORTHWHILE = 0.98;
/** Bits per byte below which content shrinks for certain; compressed media have above 7.7. */
const CERTAINLY_TEXT = 7;

class CancelledError extends Error {}

class TaskError extends Error {
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super('task failed', { cause });
    this.path = path;
  }
}

/** Grows to the largest file seen (at most 4 MiB) and is reused, so that small files cost no allocation. */
let scratch = Buffer.allocUnsafeSlow(256 * 1024);

parentPort?.on('message', (request: DeflateRequest) => void serve(request));

async function serve(request: DeflateRequest): Promise<void> {
  const reply = await answer(request);
  parentPort?.postMessage(reply, reply.ok ? [reply.bytes.buffer as ArrayBuffer] : []);
}

async function answer(request: DeflateRequest): Promise<DeflateReply> {
  const { id } = request;
  try {
    if (request.kind === 'batch') return { id, ok: true, ...deflateBatch(request.tasks, request.cancel) };
    const entry = await deflateLarge(request.task, request.spoolPath, request.cancel);
    return { id, ok: true, entries: [entry], bytes: new Uint8Array(0) };
  } catch (error) {
    return { id, ok: false, failure: describeFailure(error) };
  }
}

function deflateBatch(
  tasks: readonly DeflateTask[],
  cancel: CancelFlag,
): { entries: DeflatedEntry[]; bytes: Uint8Array } {
  const entries: DeflatedEntry[] = [];
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const task of tasks) {
    throwIfCancelled(cancel);
    try {
      const content = readContent(task);
      const { method, bytes } = compress(content);
      const entry: DeflatedEntry = {
        path: task.path,
        method,
        crc32: crc32(content),
        sha256: hash('sha256', content, 'hex'),
        sizeBytes: content.length,
        compressedBytes: bytes.length,
      };
      if (task.content.kind === 'zip-entry' && entry.crc32 !== task.content.crc32) {
        throw new ContentDamagedError('CRC differs');
      }
      const header = localHeader({ ...entry, name: Buffer.from(task.path) });
      // Bytes that are kept as they are still lie in the scratch buffer, which the next file overwrites.
      parts.push(header, method === METHOD_STORED ? Buffer.from(bytes) : bytes);
      total += header.length + bytes.length;
      entries.push(entry);
    } catch (error) {
      throw new TaskError(task.path, error);
    }
  }
  // A memory block of its own: one cut from Node's pool could not be handed to another thread.
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { entries, bytes };
}

/** Valid until the next call: the bytes may lie in the scratch buffer. */
function readContent(task: DeflateTask): Uint8Array {
  const { content, sizeBytes } = task;
  if (content.kind === 'file') {
    using file = openListedFile(content.absolutePath, sizeBytes, content.modifiedMs);
    const target = scratchOf(sizeBytes);
    readFully(file.fd, target, 0);
    file.assertUnchanged();
    return target;
  }
  const packed = scratchOf(content.compressedBytes);
  if (packed.length > 0) readZipBytes(content.fd, packed, zipEntryDataStart(content));
  if (content.method !== METHOD_DEFLATE) {
    if (packed.length !== sizeBytes) throw new ContentDamagedError('size differs');
    return packed;
  }
  const unpacked = inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  if (unpacked.length !== sizeBytes) throw new ContentDamagedError('size differs');
  return unpacked;
}

function scratchOf(bytes: number): Buffer {
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(bytes);
  return scratch.subarray(0, bytes);
}

function compress(content: Uint8Array): { method: ZipMethod; bytes: Uint8Array } {
  if (content.length === 0) return { method: METHOD_STORED, bytes: content };
  const samples = samplePlan(content.length).map(({ start, end }) => content.subarray(start, end));
  if (samples.length > 0 && !isWorthwhile(samples)) return { method: METHOD_STORED, bytes: content };
  const deflated = deflateRawSync(content, deflateOptions(content.length));
  return deflated.length < content.length
    ? { method: METHOD_DEFLATE, bytes: deflated }
    : { method: METHOD_STORED, bytes: content };
}

/** Pieces from inside the content: the first and last bytes of media are headers and tell little. */
function samplePlan(sizeBytes: number): { start: number; end: number }[] {
  if (sizeBytes <= SAMPLED_ABOVE_BYTES) return [];
  const length = Math.min(8192, Math.max(1024, Math.floor(sizeBytes / 16)));
  return SAMPLE_POSITIONS.map((position) => {
    const start = Math.floor(sizeBytes * position);
    return { start, end: Math.min(start + length, sizeBytes) };
  });
}

/** A window and output no larger than the content saves a third of the time on files of a few hundred bytes. */
function deflateOptions(sizeBytes: number): { level: number; windowBits: number; chunkSize: number } {
  // zlib wants 262 bytes of look-ahead in its window; 9 and 15 are its bounds.
  const windowBits = Math.min(15, Math.max(9, 32 - Math.clz32(sizeBytes + 262)));
  return { level: LEVEL, windowBits, chunkSize: Math.min(Math.max(sizeBytes + 16, 64), 256 * 1024) };
}

function isWorthwhile(samples: readonly Uint8Array[]): boolean {
  if (samples.every((sample) => entropyOf(sample.subarray(0, 1024)) < CERTAINLY_TEXT)) return true;
  const joined = Buffer.concat(samples);
  return deflateRawSync(joined, { level: 1 }).length < joined.length * WORTHWHILE;
}

/** Bits per byte; costs a tenth of a trial compression. */
function entropyOf(sample: Uint8Array): number {
  const counts = new Uint16Array(256);
  for (const byte of sample) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / sample.length);
  return bits / sample.length;
}

/** Reads twice (measure and sample, then compress), both times piece by piece. */
async function deflateLarge(task: DeflateTask, spoolPath: string, cancel: CancelFlag): Promise<DeflatedEntry> {
  try {
    const measured = await measure(task, cancel);
    const stored: DeflatedEntry = {
      path: task.path,
      method: METHOD_STORED,
      crc32: measured.crc32,
      sha256: measured.sha256,
      sizeBytes: task.sizeBytes,
      compressedBytes: task.sizeBytes,
    };
    if (!isWorthwhile(measured.samples)) return stored;
    const spooled = await spool(task, spoolPath, cancel);
    if (spooled.crc32 !== measured.crc32) throw new ContentChangedError('changed');
    if (spooled.compressedBytes < task.sizeBytes) {
      return { ...stored, method: METHOD_DEFLATE, compressedBytes: spooled.compressedBytes };
    }
    await rm(spoolPath, { force: true });
    return stored;
  } catch (error) {
    await rm(spoolPath, { force: true });
    throw error instanceof CancelledError ? error : new TaskError(task.path, error);
  }
}

async function measure(
  task: DeflateTask,
  cancel: CancelFlag,
): Promise<{ crc32: number; sha256: string; samples: readonly Uint8Array[] }> {
  const sha256 = createHash('sha256');
  const plan = samplePlan(task.sizeBytes);
  const samples: Uint8Array[] = [];
  let crc = 0;
  let at = 0;
  for await (const chunk of streamContent(task.content, task.sizeBytes) as AsyncIterable<Buffer>) {
    throwIfCancelled(cancel);
    sha256.update(chunk);
    crc = crc32(chunk, crc);
    for (const { start, end } of plan) {
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, chunk.length);
      if (from < to) samples.push(Buffer.from(chunk.subarray(from, to)));
    }
    at += chunk.length;
  }
  assertWhole(task, at, crc);
  return { crc32: crc, sha256: sha256.digest('hex'), samples };
}

async function spool(
  task: DeflateTask,
  spoolPath: string,
  cancel: CancelFlag,
): Promise<{ crc32: number; compressedBytes: number }> {
  let crc = 0;
  let at = 0;
  const target = createWriteStream(spoolPath, { flags: 'wx', mode: 0o600, highWaterMark: 1024 * 1024 });
  await pipeline(
    streamContent(task.content, task.sizeBytes),
    async function* watch(source: Readable) {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        throwIfCancelled(cancel);
        crc = crc32(chunk, crc);
        at += chunk.length;
        // Small pieces, so that a cancel is seen between them.
        for (let from = 0; from < chunk.length; from += 256 * 1024) yield chunk.subarray(from, from + 256 * 1024);
      }
    },
    createDeflateRaw({ level: LEVEL, chunkSize: 256 * 1024 }),
    target,
  );
  assertWhole(task, at, crc);
  return { crc32: crc, compressedBytes: target.bytesWritten };
}

function assertWhole(task: DeflateTask, bytes: number, crc: number): void {
  if (task.content.kind === 'file') {
    if (bytes !== task.sizeBytes) throw new ContentChangedError('changed');
    // The time tells of a rewrite to the same length while it was read.
    openListedFile(task.content.absolutePath, task.sizeBytes, task.content.modifiedMs)[Symbol.dispose]();
    return;
  }
  if (bytes !== task.sizeBytes) throw new ContentDamagedError('size differs');
  if (crc !== task.content.crc32) throw new ContentDamagedError('CRC differs');
}

function throwIfCancelled(cancel: CancelFlag): void {
  if (Atomics.load(new Uint8Array(cancel), 0) === 1) throw new CancelledError();
}

function describeFailure(error: unknown): DeflateFailure {
  if (error instanceof CancelledError) return { code: 'CANCELLED', path: '', reason: '' };
  const path = error instanceof TaskError ? error.path : '';
  const cause = error instanceof TaskError ? error.cause : error;
  const system = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const reason = system || (cause instanceof Error ? cause.message : 'unknown');
  if (cause instanceof ContentChangedError) return { code: 'SOURCE_CHANGED', path, reason };
  if (cause instanceof ContentDamagedError) return { code: 'ZIP_INVALID', path, reason };
  // inflate's own errors, and its refusal to unpack more than was claimed
  if (system.startsWith('Z_') || system === 'ERR_BUFFER_TOO_LARGE') return { code: 'ZIP_INVALID', path, reason };
  if (system === 'ENOSPC' || system === 'EDQUOT') return { code: 'DISK_FULL', path, reason };
  if (/^E[A-Z0-9]+$/.test(system)) return { code: 'SOURCE_UNREADABLE', path, reason };
  return { code: 'INTERNAL', path, reason };
}
