import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { AppError, asStorageError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import { assertContent, type BuildFile, contentError } from './build-file.ts';
import { readPieces, readPiecesOf } from './content.ts';
import type { DeflatedEntry } from './deflate-protocol.ts';
import { freeMemory } from './free-memory.ts';
import { moveEntry, type PackedEntry, placeEntry } from './packed-entry.ts';
import { writeAll } from './write-all.ts';
import { centralDirectory, endOfCentralDirectory, localHeader, METHOD_STORED } from './zip-format.ts';

const COPY_BYTES = 1024 * 1024;

export type ZipFileWriter = {
  readonly path: string;
  /** Entries whose headers and bytes are ready; the memory of `bytes` is given back. */
  addReady(entries: readonly DeflatedEntry[], bytes: Uint8Array): Promise<void>;
  /** The same from an earlier zip, in which they lie side by side from `start` to `end`. */
  addReused(entries: readonly PackedEntry[], from: ReusedStretch, signal: AbortSignal | undefined): Promise<void>;
  /** An entry whose bytes are in a spool file, or, when stored, still where the build has them. */
  addLarge(
    file: BuildFile,
    entry: DeflatedEntry | undefined,
    spoolPath: string,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /** Writes the directory and brings everything to the disk. */
  end(): Promise<{ sha256: string; sizeBytes: number; entries: readonly PackedEntry[] }>;
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
  const entries: PackedEntry[] = [];
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

  function note(made: readonly DeflatedEntry[]): void {
    let start = position;
    for (const entry of made) {
      const packed = placeEntry(entry, start);
      entries.push(packed);
      start = packed.end;
    }
  }

  return {
    path,
    async addReady(made, bytes) {
      note(made);
      await write(bytes);
      freeMemory(bytes);
    },
    async addReused(reused, from, signal) {
      const shift = position - from.start;
      for (const entry of reused) entries.push(shift === 0 ? entry : moveEntry(entry, shift));
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
      await write(localHeader(entry));
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
      for (const piece of centralDirectory(entries)) await write(piece);
      await write(endOfCentralDirectory({ entries: entries.length, bytes: position - start, offset: start }));
      try {
        await file.sync();
        await file.close();
      } catch (error) {
        throw outputError(path, error);
      }
      return { sha256: digest.digest('hex'), sizeBytes: position, entries };
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

function outputError(path: string, error: unknown): unknown {
  const storage = asStorageError(error);
  if (storage instanceof AppError) return storage;
  return new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
}
