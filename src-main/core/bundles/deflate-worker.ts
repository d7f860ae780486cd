import { createHash, hash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

import { encodeInSteps } from './brotli-steps.ts';
import { isCompressible, isWorthwhile, samplePlan } from './compressible.ts';
import { ContentChangedError, ContentDamagedError, readPieces } from './content.ts';
import type {
  CancelFlag,
  DeflatedBatch,
  DeflatedEntry,
  DeflateReply,
  DeflateRequest,
  DeflateResults,
  DeflateTask,
  MadeBody,
  VerifiedZip,
} from './deflate-protocol.ts';
import { digestContents } from './digest-contents.ts';
import { findStats } from './file-stats.ts';
import { freeMemory } from './free-memory.ts';
import { makeBodies, makeLargeBody } from './make-bodies.ts';
import { checkZipPart } from './read-zip.ts';
import {
  assertWhole,
  CancelledError,
  describeFailure,
  readContent,
  TaskError,
  throwIfCancelled,
} from './worker-content.ts';
import { writeAll } from './write-all.ts';
import { localHeader, localHeaderBytes, METHOD_DEFLATE, METHOD_STORED, type ZipMethod } from './zip-format.ts';

/** One below zlib's default: a third less time for 0.9 % more bytes on web builds. */
const LEVEL = 5;
const STEP_BYTES = 256 * 1024;

parentPort?.on('message', (request: DeflateRequest) => void serve(request));

async function serve(request: DeflateRequest): Promise<void> {
  const reply = await answer(request);
  parentPort?.postMessage(reply, reply.ok ? buffersOf(reply.result) : []);
}

/** What is handed over rather than copied. */
function buffersOf(result: DeflateResults[keyof DeflateResults]): ArrayBuffer[] {
  if (Array.isArray(result)) return [];
  if ('numbers' in result) return [result.numbers.buffer];
  return 'bytes' in result ? [result.bytes.buffer] : [];
}

async function answer(request: DeflateRequest): Promise<DeflateReply> {
  const { id } = request;
  try {
    return { id, ok: true, result: await work(request) };
  } catch (error) {
    return { id, ok: false, failure: describeFailure(error) };
  }
}

function work(
  request: DeflateRequest,
): DeflateResults[keyof DeflateResults] | Promise<DeflatedEntry | MadeBody | VerifiedZip | readonly string[]> {
  switch (request.kind) {
    case 'look':
      return findStats(request.directory, request.names);
    case 'check':
      return checkZipPart(request.zip, () => throwIfCancelled(request.cancel));
    case 'digest':
      return digestContents(request.tasks, request.cancel);
    case 'batch':
      return deflateBatch(request.tasks, request.cancel);
    case 'large':
      return deflateLarge(request.task, request.spoolPath, request.cancel);
    case 'bodies':
      return makeBodies(request.tasks, request.sealing, request.cancel);
    case 'large-body':
      return makeLargeBody(request.task, request.sealing, request.spoolPath, request.cancel);
  }
}

function deflateBatch(tasks: readonly DeflateTask[], cancel: CancelFlag): DeflatedBatch {
  const entries: DeflatedEntry[] = [];
  // All in one piece of memory: what is not handed over would be waste that piles up to the next collection.
  const room = new Uint8Array(tasks.reduce((sum, task) => sum + localHeaderBytes(asStored(task)) + task.sizeBytes, 0));
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
      const header = localHeader(entry);
      room.set(header, total);
      room.set(bytes, total + header.length);
      total += header.length + bytes.length;
      if (method === METHOD_DEFLATE) freeMemory(bytes);
      entries.push(entry);
    } catch (error) {
      throw new TaskError(task.path, error);
    }
  }
  return { entries, bytes: new Uint8Array(room.buffer.transfer(total)) };
}

/** No entry is longer than its content as it is. */
function asStored({ path, sizeBytes }: DeflateTask): Parameters<typeof localHeaderBytes>[0] {
  return { path, sizeBytes, compressedBytes: sizeBytes };
}

function compress(content: Uint8Array): { method: ZipMethod; bytes: Uint8Array } {
  if (content.length === 0) return { method: METHOD_STORED, bytes: content };
  if (!isCompressible(content)) return { method: METHOD_STORED, bytes: content };
  const deflated = deflateRawSync(content, deflateOptions(content.length));
  return deflated.length < content.length
    ? { method: METHOD_DEFLATE, bytes: deflated }
    : { method: METHOD_STORED, bytes: content };
}

/** A window and output no larger than the content saves a third of the time on files of a few hundred bytes. */
function deflateOptions(sizeBytes: number): { level: number; windowBits: number; chunkSize: number } {
  // zlib wants 262 bytes of look-ahead in its window; 9 and 15 are its bounds.
  const windowBits = Math.min(15, Math.max(9, 32 - Math.clz32(sizeBytes + 262)));
  return { level: LEVEL, windowBits, chunkSize: Math.min(Math.max(sizeBytes + 16, 64), 256 * 1024) };
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
  for await (const chunk of readPieces(task.content, task.sizeBytes)) {
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
  let compressedBytes = 0;
  await using target = await open(spoolPath, 'wx', 0o600);
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of readPieces(task.content, task.sizeBytes)) {
      crc = crc32(chunk, crc);
      at += chunk.length;
      // Small pieces, so that a cancel is seen between them.
      for (let from = 0; from < chunk.length; from += STEP_BYTES) {
        throwIfCancelled(cancel);
        yield chunk.subarray(from, from + STEP_BYTES);
      }
    }
  }
  const encoder = createDeflateRaw({ level: LEVEL, chunkSize: STEP_BYTES });
  for await (const chunk of encodeInSteps(encoder, watched())) {
    await writeAll(target, chunk);
    compressedBytes += chunk.length;
    // The encoder fills one piece of memory after the other, and hands out each in several chunks.
    if (chunk.byteOffset + chunk.length === chunk.buffer.byteLength) freeMemory(chunk);
  }
  assertWhole(task, at, crc);
  return { crc32: crc, compressedBytes };
}
