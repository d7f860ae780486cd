import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { throwIfAborted } from '../app-error.ts';
import {
  centralDirectory,
  endOfCentralDirectory,
  localHeader,
  localHeaderBytes,
  METHOD_STORED,
  type ZipEntryHead,
} from '../bundles/zip-format.ts';

const CHUNK_BYTES = 1024 * 1024;

export type AddedEntry = { readonly sha256: string; readonly bytes: number };

/** Writes a zip whose entries are kept as they are, each source read once: its header is written when its end is known. */
export type StoredZip = AsyncDisposable & {
  /**
   * Adds a file. With `expected`, a file that holds anything else leaves nothing behind, and null comes back.
   * Rejects with system errors of reading and writing, and with `CANCELLED`.
   */
  addFile(
    name: string,
    path: string,
    options: { readonly expected?: string; readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<AddedEntry | null>;
  addBytes(name: string, content: Uint8Array): Promise<AddedEntry>;
  /** Writes the directory and makes all of it durable. */
  finish(): Promise<{ readonly bytes: number; readonly entries: number }>;
};

/** Makes the file, for its owner alone; it must not be there. */
export async function createStoredZip(path: string): Promise<StoredZip> {
  const file = await open(path, 'wx+', 0o600);
  const entries: (ZipEntryHead & { readonly start: number })[] = [];
  let end = 0;

  function headOf(name: string, sizeBytes: number, crc: number): ZipEntryHead {
    return { path: name, method: METHOD_STORED, crc32: crc, compressedBytes: sizeBytes, sizeBytes };
  }

  async function write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  }

  async function close(name: string, sizeBytes: number, crc: number): Promise<void> {
    const head = headOf(name, sizeBytes, crc);
    const header = localHeader(head);
    await write(header, end);
    entries.push({ ...head, start: end });
    end += header.length + sizeBytes;
  }

  return {
    async addFile(name, path, { expected, signal, onBytes }) {
      await using source = await open(path, 'r');
      const { size } = await source.stat();
      // Of the same length whatever the sum of the content will be.
      const dataStart = end + localHeaderBytes(headOf(name, size, 0));
      const copied = await copy(source, size, { signal, onBytes, write: (bytes, at) => write(bytes, dataStart + at) });
      if (copied.bytes !== size || (expected !== undefined && copied.sha256 !== expected)) return null;
      await close(name, size, copied.crc);
      return { sha256: copied.sha256, bytes: size };
    },
    async addBytes(name, content) {
      const dataStart = end + localHeaderBytes(headOf(name, content.length, 0));
      await write(content, dataStart);
      await close(name, content.length, crc32(content));
      return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
    },
    async finish() {
      const offset = end;
      for (const piece of centralDirectory(entries)) {
        await write(piece, end);
        end += piece.length;
      }
      const last = endOfCentralDirectory({ entries: entries.length, bytes: end - offset, offset });
      await write(last, end);
      end += last.length;
      // What was left of an entry that was taken back lies behind the end.
      await file.truncate(end);
      await file.sync();
      return { bytes: end, entries: entries.length };
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

type Copied = { readonly bytes: number; readonly sha256: string; readonly crc: number };

async function copy(
  source: FileHandle,
  limitBytes: number,
  to: {
    readonly signal?: AbortSignal | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
    readonly write: (bytes: Uint8Array, at: number) => Promise<void>;
  },
): Promise<Copied> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const hash = createHash('sha256');
  let crc = 0;
  let done = 0;
  while (done < limitBytes) {
    throwIfAborted(to.signal);
    const { bytesRead } = await source.read(buffer, 0, Math.min(CHUNK_BYTES, limitBytes - done), done);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    crc = crc32(chunk, crc);
    await to.write(chunk, done);
    done += bytesRead;
    to.onBytes?.(bytesRead);
  }
  return { bytes: done, sha256: hash.digest('hex'), crc };
}
