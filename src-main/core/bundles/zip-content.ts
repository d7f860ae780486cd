import { read } from 'node:fs';
import { promisify } from 'node:util';
import { crc32, inflateRaw, inflateRawSync } from 'node:zlib';

import type { BuildFile } from './build-file.ts';
import { ContentDamagedError, streamContent } from './content.ts';
import { LOCAL_HEADER_BYTES, LOCAL_HEADER_SIGNATURE, METHOD_DEFLATE } from './zip-format.ts';

/** What an entry's local header says; clients that read a zip from its front know nothing else. */
export type LocalHead = {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
};

export type ZipContentReader = {
  /** The local header. Throws `ContentDamagedError`. */
  head(file: BuildFile): Promise<LocalHead>;
  /**
   * Unpacks an entry, checks its size and CRC and hands the content over in pieces. Throws `ContentDamagedError`
   * or the unpacker's own error. Reading in the order of the file is fastest.
   */
  check(file: BuildFile, onPiece?: (piece: Uint8Array) => void): Promise<void>;
};

const WINDOW_BYTES = 256 * 1024;
/** Unpacked in the calling thread: handing it to another one takes longer than this much inflating. */
const SYNC_BYTES = 64 * 1024;
const WHOLE_BYTES = 4 * 1024 * 1024;

const readAt = promisify(read);
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Reads entries of a zip that is open as `fd` through a window, so that thousands of small ones take few reads. */
export function createZipContentReader(fd: number): ZipContentReader {
  let window = Buffer.alloc(0);
  let windowStart = 0;

  async function bytesAt(start: number, length: number): Promise<Buffer> {
    const from = start - windowStart;
    if (from < 0 || from + length > window.length) {
      const next = Buffer.allocUnsafe(Math.max(length, WINDOW_BYTES));
      const { bytesRead } = await readAt(fd, next, 0, next.length, start);
      if (bytesRead < length) throw new ContentDamagedError('cut off');
      window = next.subarray(0, bytesRead);
      windowStart = start;
      return window.subarray(0, length);
    }
    return window.subarray(from, from + length);
  }

  async function locate(file: BuildFile): Promise<LocalHead & { readonly dataStart: number }> {
    if (file.source.kind !== 'zip-entry') throw new TypeError('not an entry of a zip');
    const start = file.source.localHeaderOffset;
    const header = await bytesAt(start, LOCAL_HEADER_BYTES);
    if (header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) throw new ContentDamagedError('no local header');
    const flags = header.readUInt16LE(6);
    const method = header.readUInt16LE(8);
    const nameBytes = header.readUInt16LE(26);
    const dataStart = start + LOCAL_HEADER_BYTES + nameBytes + header.readUInt16LE(28);
    return { name: await bytesAt(start + LOCAL_HEADER_BYTES, nameBytes), flags, method, dataStart };
  }

  async function checkWhole(file: BuildFile, onPiece: ((piece: Uint8Array) => void) | undefined): Promise<void> {
    if (file.source.kind !== 'zip-entry') throw new TypeError('not an entry of a zip');
    const { compressedBytes, method, crc32: expected } = file.source;
    const { dataStart } = await locate(file);
    const packed = await bytesAt(dataStart, compressedBytes);
    let content: Uint8Array = packed;
    if (method === METHOD_DEFLATE) {
      const limit = { maxOutputLength: Math.max(1, file.sizeBytes) };
      content = packed.length <= SYNC_BYTES ? inflateRawSync(packed, limit) : await inflate(packed, limit);
    }
    if (content.length !== file.sizeBytes) throw new ContentDamagedError('size differs');
    if (crc32(content) !== expected) throw new ContentDamagedError('CRC differs');
    onPiece?.(content);
  }

  async function checkStreaming(file: BuildFile, onPiece: ((piece: Uint8Array) => void) | undefined): Promise<void> {
    if (file.source.kind !== 'zip-entry') throw new TypeError('not an entry of a zip');
    let bytes = 0;
    let crc = 0;
    for await (const piece of streamContent(file.source, file.sizeBytes) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      crc = crc32(piece, crc);
      onPiece?.(piece);
    }
    if (bytes !== file.sizeBytes) throw new ContentDamagedError('size differs');
    if (crc !== file.source.crc32) throw new ContentDamagedError('CRC differs');
  }

  return {
    head: locate,
    check(file, onPiece) {
      const isSmall =
        file.source.kind === 'zip-entry' && file.source.compressedBytes <= WHOLE_BYTES && file.sizeBytes <= WHOLE_BYTES;
      return isSmall ? checkWhole(file, onPiece) : checkStreaming(file, onPiece);
    },
  };
}

/** In the order in which the entries lie in the zip. */
export function inZipOrder(files: readonly BuildFile[]): BuildFile[] {
  return files.toSorted((left, right) => offsetOf(left) - offsetOf(right));
}

function offsetOf({ source }: BuildFile): number {
  return source.kind === 'zip-entry' ? source.localHeaderOffset : 0;
}
