import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { AppError, asStorageError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import { assertContent, type BuildFile, contentError } from './build-file.ts';
import { readPieces, readPiecesOf } from './content.ts';
import type { DeflatedEntry } from './deflate-protocol.ts';
import { freeMemory } from './free-memory.ts';
import { writeAll } from './write-all.ts';
import { centralHeader, endOfCentralDirectory, localHeader, localHeaderBytes, METHOD_STORED } from './zip-format.ts';

const COPY_BYTES = 1024 * 1024;

export type ZipFileWriter = {
  readonly path: string;
  /** Entries whose headers and bytes are ready; the memory of `bytes` is given back. */
  addReady(entries: readonly DeflatedEntry[], bytes: Uint8Array): Promise<void>;
  /** The same from an earlier zip, in which they lie side by side from `start` to `end`. */
  addReused(entries: readonly DeflatedEntry[], from: ReusedStretch, signal: AbortSignal | undefined): Promise<void>;
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

export type ReusedStretch = {
  readonly start: number;
  readonly end: number;
  /** Fills `target`. */
  read(start: number, target: Uint8Array): Promise<void>;
};

/** Fails with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`. */
export async function createZipFile(path: string): Promise<ZipFileWriter> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw new AppError('OUTPUT_EXISTS', { path }, { cause: error });
    throw outputError(path, error);
  }
  const digest: Hash = createHash('sha256');
  const directory: { readonly entry: DeflatedEntry; readonly offset: number }[] = [];
  /** What is copied: one is filled while the other is written. */
  const copies: Uint8Array[] = [];
  let position = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    position += bytes.length;
    // The system writes while this thread digests.
    const written = writeAll(file, bytes);
    digest.update(bytes);
    await written.catch((error: unknown) => {
      throw outputError(path, error);
    });
  }

  function note(entries: readonly DeflatedEntry[]): void {
    let offset = position;
    for (const entry of entries) {
      directory.push({ entry, offset });
      offset += localHeaderBytes(entry) + entry.compressedBytes;
    }
  }

  return {
    path,
    async addReady(entries, bytes) {
      note(entries);
      await write(bytes);
      freeMemory(bytes);
    },
    async addReused(entries, from, signal) {
      note(entries);
      let turn = 0;
      const readAt = async (at: number): Promise<Uint8Array> => {
        const target = (copies[turn++ % 2] ??= new Uint8Array(COPY_BYTES)).subarray(0, from.end - at);
        await from.read(at, target);
        return target;
      };
      let next = readAt(from.start);
      for (let at = from.start; at < from.end; at += COPY_BYTES) {
        throwIfAborted(signal);
        const bytes = await next;
        const following = at + COPY_BYTES;
        if (following < from.end) next = readAt(following);
        // Awaited in the next turn; a failure of the writing must not leave this one unhandled.
        next.catch(() => undefined);
        await write(bytes);
      }
    },
    async addLarge(source, entry, spoolPath, signal) {
      if (!entry) throw new AppError('INTERNAL');
      note([entry]);
      await write(localHeader(headOf(entry)));
      if (entry.method === METHOD_STORED) {
        await copySource(source, entry, write, signal);
        return;
      }
      await using spooled = await open(spoolPath);
      for await (const piece of readPiecesOf(spooled.fd, entry.compressedBytes)) {
        throwIfAborted(signal);
        await write(piece);
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
  try {
    for await (const chunk of readPieces(source.source, source.sizeBytes)) {
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
