import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import type { BuildFile } from './build-file.ts';
import type { FileIdentity } from './file-stats.ts';
import { type PackedEntry, withPlace } from './packed-entry.ts';
import { METHOD_DEFLATE, METHOD_STORED } from './zip-format.ts';

/**
 * What a kept zip holds, and what the files looked like that it was made of. In columns: as objects or text, reading
 * and writing it takes longer than copying the zip that it is about.
 *
 * Its bytes, numbers in the machine's own order as this never leaves it: `HEAD` 64-bit floats, the columns of 64-bit
 * floats and those of 32-bit integers, each with one number per file, the files' SHA-256 in hex, and their names in
 * UTF-8, divided by NUL, which no name holds.
 */
export type PackIndex = {
  readonly zipBytes: number;
  /** What the zip has of a file that is surely the same as then. */
  find(file: BuildFile): PackedEntry | undefined;
};

/** A file as it was packed, and what it looked like then. */
export type IndexedFile = {
  readonly entry: PackedEntry;
  readonly modifiedMs: number;
  readonly identity: FileIdentity;
};

/** Changes with the form of the index, or of what the packer writes. */
const FORMAT = 3;
/** Format, checksum of all that follows it, bytes of the zip, files. */
const HEAD = 4;
/** Columns of floats. */
const SIZE = 0;
const MODIFIED = 1;
const CHANGED = 2;
const DEVICE = 3;
const FILE_NUMBER = 4;
const FLOATS = 5;
/** Columns of integers. */
const METHOD = 0;
const CRC32 = 1;
const COMPRESSED = 2;
const START = 3;
const END = 4;
const INTEGERS = 5;
const HEAD_BYTES = HEAD * Float64Array.BYTES_PER_ELEMENT;
const DIGEST_BYTES = 64;
/** Files of one turn, which nobody waits for longer than a few milliseconds. */
const FILES_PER_TURN = 10_000;

/** Zips that need 64-bit offsets are not kept. `files`: in the order of the zip. */
export async function encodePackIndex(zipBytes: number, files: readonly IndexedFile[]): Promise<Uint8Array> {
  const count = files.length;
  const names = Buffer.from(files.map(({ entry }) => entry.path).join('\0'));
  const { integersAt, digestsAt, namesAt } = layoutOf(count);
  const bytes = Buffer.from(new ArrayBuffer(namesAt + names.length));
  const floats = new Float64Array(bytes.buffer, HEAD_BYTES, FLOATS * count);
  const integers = new Uint32Array(bytes.buffer, integersAt, INTEGERS * count);
  let row = 0;
  for (const { entry, modifiedMs, identity } of files) {
    floats[row + SIZE * count] = entry.sizeBytes;
    floats[row + MODIFIED * count] = modifiedMs;
    floats[row + CHANGED * count] = identity.changedMs;
    floats[row + DEVICE * count] = identity.device;
    floats[row + FILE_NUMBER * count] = identity.fileNumber;
    integers[row + METHOD * count] = entry.method;
    integers[row + CRC32 * count] = entry.crc32;
    integers[row + COMPRESSED * count] = entry.compressedBytes;
    integers[row + START * count] = entry.start;
    integers[row + END * count] = entry.end;
    bytes.write(entry.sha256, digestsAt + DIGEST_BYTES * row, 'latin1');
    row += 1;
    if (row % FILES_PER_TURN === 0) await nextTurn();
  }
  names.copy(bytes, namesAt);
  const head = new Float64Array(bytes.buffer, 0, HEAD);
  head.set([FORMAT, 0, zipBytes, count]);
  head[1] = checksumOf(bytes);
  return bytes;
}

/** Throws on bytes that are not whole, or of another format. */
export function decodePackIndex(stored: Uint8Array): PackIndex {
  // Into memory of its own, as numbers have to begin at a multiple of their length.
  const bytes = Buffer.from(new Uint8Array(stored).buffer);
  if (bytes.length < HEAD_BYTES) throw new Error('cut off');
  const [format, checksum, zipBytes = 0, count = 0] = new Float64Array(bytes.buffer, 0, HEAD);
  if (format !== FORMAT) throw new Error('another format');
  if (checksum !== checksumOf(bytes)) throw new Error('damaged');
  const { integersAt, digestsAt, namesAt } = layoutOf(count);
  const floats = new Float64Array(bytes.buffer, HEAD_BYTES, FLOATS * count);
  const integers = new Uint32Array(bytes.buffer, integersAt, INTEGERS * count);
  const digests = bytes.toString('latin1', digestsAt, namesAt);
  const names = count === 0 ? [] : bytes.toString('utf8', namesAt).split('\0');
  let next = 0;
  let rows: ReadonlyMap<string, number> | null = null;

  /** Files mostly are asked for in the order of the zip. */
  function rowOf(path: string): number | undefined {
    if (names[next] !== path) {
      rows ??= new Map(names.map((name, index) => [name, index]));
      const found = rows.get(path);
      if (found === undefined) return undefined;
      next = found;
    }
    next += 1;
    return next - 1;
  }

  return {
    zipBytes,
    find({ path, sizeBytes, source, identity }) {
      if (!identity || source.kind !== 'file') return undefined;
      const row = rowOf(path);
      if (row === undefined) return undefined;
      const isSame =
        floats[row + SIZE * count] === sizeBytes &&
        floats[row + MODIFIED * count] === source.modifiedMs &&
        floats[row + CHANGED * count] === identity.changedMs &&
        floats[row + DEVICE * count] === identity.device &&
        floats[row + FILE_NUMBER * count] === identity.fileNumber;
      if (!isSame) return undefined;
      const entry = {
        path,
        method: integers[row + METHOD * count] === METHOD_STORED ? METHOD_STORED : METHOD_DEFLATE,
        crc32: integers[row + CRC32 * count] ?? 0,
        sha256: digests.slice(DIGEST_BYTES * row, DIGEST_BYTES * (row + 1)),
        sizeBytes,
        compressedBytes: integers[row + COMPRESSED * count] ?? 0,
      } as const;
      return withPlace(entry, integers[row + START * count] ?? 0, integers[row + END * count] ?? 0);
    },
  };
}

function layoutOf(count: number): { integersAt: number; digestsAt: number; namesAt: number } {
  const integersAt = HEAD_BYTES + FLOATS * count * Float64Array.BYTES_PER_ELEMENT;
  const digestsAt = integersAt + INTEGERS * count * Uint32Array.BYTES_PER_ELEMENT;
  return { integersAt, digestsAt, namesAt: digestsAt + DIGEST_BYTES * count };
}

function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes.subarray(2 * Float64Array.BYTES_PER_ELEMENT));
}
