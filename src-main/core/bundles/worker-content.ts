import { inflateRawSync } from 'node:zlib';

import { AppError } from '../app-error.ts';
import {
  ContentChangedError,
  ContentDamagedError,
  openListedFile,
  readFully,
  readZipBytes,
  zipEntryDataStart,
} from './content.ts';
import type { CancelFlag, DeflateFailure, DeflateTask } from './deflate-protocol.ts';
import { METHOD_DEFLATE } from './zip-format.ts';

/** The work was called off between two files, or between two pieces of one. */
export class CancelledError extends Error {}

/** A failure with the file that it is about. */
export class TaskError extends Error {
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super('task failed', { cause });
    this.path = path;
  }
}

/** Grows to the largest file seen (at most 4 MiB) and is reused, so that small files cost no allocation. */
let scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** Valid until the next call: the bytes may lie in the scratch buffer. */
export function readContent(task: DeflateTask): Uint8Array {
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

export function assertWhole(task: DeflateTask, bytes: number, crc: number): void {
  if (task.content.kind === 'file') {
    if (bytes !== task.sizeBytes) throw new ContentChangedError('changed');
    // The time tells of a rewrite to the same length while it was read.
    openListedFile(task.content.absolutePath, task.sizeBytes, task.content.modifiedMs)[Symbol.dispose]();
    return;
  }
  if (bytes !== task.sizeBytes) throw new ContentDamagedError('size differs');
  if (crc !== task.content.crc32) throw new ContentDamagedError('CRC differs');
}

export function throwIfCancelled(cancel: CancelFlag): void {
  if (Atomics.load(new Uint8Array(cancel), 0) === 1) throw new CancelledError();
}

export function describeFailure(error: unknown): DeflateFailure {
  if (error instanceof CancelledError) return { code: 'CANCELLED', path: '', reason: '' };
  if (error instanceof AppError) {
    const { code, params } = error;
    if (code === 'ZIP_INVALID' || code === 'ZIP_UNSAFE' || code === 'BUILD_TOO_LARGE') {
      return { code, path: '', reason: String(params['reason']) };
    }
    if (code === 'SOURCE_NOT_A_BUILD') return { code, path: String(params['path']), reason: '' };
  }
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
