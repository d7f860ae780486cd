import { closeSync, constants, createReadStream, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createInflateRaw } from 'node:zlib';

import type { ContentLocation } from './deflate-protocol.ts';
import { freeMemory } from './free-memory.ts';
import { LOCAL_HEADER_BYTES, LOCAL_HEADER_SIGNATURE, METHOD_DEFLATE } from './zip-format.ts';

/** The source is no longer what was listed: another size, another time, no regular file any more. */
export class ContentChangedError extends Error {}

/** An entry of a zip that does not hold what its directory says. */
export class ContentDamagedError extends Error {}

/**
 * Neither follows a link that took the file's place since it was listed (it might lead out of the build), nor waits
 * for the writer of a pipe that did. Windows has neither flag.
 */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file that is open and still is what was listed. */
export type OpenedFile = Disposable & {
  readonly fd: number;
  /** Throws `ContentChangedError` when the file was written to since it was listed. */
  assertUnchanged(): void;
};

export function openListedFile(absolutePath: string, sizeBytes: number, modifiedMs: number): OpenedFile {
  let fd: number;
  try {
    fd = openSync(absolutePath, OPEN_FLAGS);
  } catch (error) {
    throw asChanged(error);
  }
  const assertUnchanged = (): void => assertListed(fstatSync(fd), sizeBytes, modifiedMs);
  try {
    assertUnchanged();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, assertUnchanged, [Symbol.dispose]: () => closeSync(fd) };
}

type ListedLocation = Extract<ContentLocation, { kind: 'file' }>;

/** The whole of a listed file, without blocking the thread. Throws `ContentChangedError` or a system error. */
export async function readListedFile(location: ListedLocation, sizeBytes: number): Promise<Buffer> {
  await using handle = await open(location.absolutePath, OPEN_FLAGS).catch((error: unknown) => {
    throw asChanged(error);
  });
  const content = Buffer.allocUnsafe(sizeBytes);
  let done = 0;
  while (done < sizeBytes) {
    const { bytesRead } = await handle.read(content, done, sizeBytes - done, done);
    if (bytesRead === 0) throw new ContentChangedError('became shorter');
    done += bytesRead;
  }
  assertListed(await handle.stat(), sizeBytes, location.modifiedMs);
  return content;
}

function assertListed(stats: Stats, sizeBytes: number, modifiedMs: number): void {
  if (!stats.isFile() || stats.size !== sizeBytes || stats.mtimeMs !== modifiedMs) {
    throw new ContentChangedError('changed');
  }
}

/** A link where a file was listed, or nothing: a tool that empties its folder first. The listing is out of date. */
function asChanged(error: unknown): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ELOOP':
      return new ContentChangedError('became a link', { cause: error });
    case 'ENOENT':
    case 'ENOTDIR':
      return new ContentChangedError('vanished', { cause: error });
    default:
      return error;
  }
}

/** Fills `target` from `position`; throws `ContentChangedError` when the file ends before. */
export function readFully(fd: number, target: Uint8Array, position: number): void {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, position + done);
    if (count === 0) throw new ContentChangedError('became shorter');
    done += count;
  }
}

type ZipEntryLocation = Extract<ContentLocation, { kind: 'zip-entry' }>;

/** Where the bytes of a zip's entry begin: its local header may have an extra field of another length. */
export function zipEntryDataStart(location: ZipEntryLocation): number {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  readZipBytes(location.fd, header, location.localHeaderOffset);
  if (header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) throw new ContentDamagedError('no local header');
  return location.localHeaderOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

export function readZipBytes(fd: number, target: Uint8Array, position: number): void {
  try {
    readFully(fd, target, position);
  } catch (error) {
    if (error instanceof ContentChangedError) throw new ContentDamagedError('cut off', { cause: error });
    throw error;
  }
}

/**
 * The unpacked content as a stream in pieces of up to 1 MiB. What a zip's entry unpacks to is cut off with
 * `ContentDamagedError` as soon as it exceeds `sizeBytes`. Checking the CRC is the reader's.
 */
export function streamContent(location: ContentLocation, sizeBytes: number): Readable {
  const highWaterMark = 1024 * 1024;
  if (location.kind === 'file') {
    const file = openListedFile(location.absolutePath, sizeBytes, location.modifiedMs);
    return createReadStream('', { fd: file.fd, start: 0, highWaterMark });
  }
  if (location.compressedBytes === 0) return emptyStream();
  const start = zipEntryDataStart(location);
  const end = start + location.compressedBytes - 1;
  const raw = createReadStream('', { fd: location.fd, autoClose: false, start, end, highWaterMark });
  if (location.method !== METHOD_DEFLATE) return raw;

  let unpacked = 0;
  const limit = new PassThrough({
    highWaterMark,
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length;
      if (unpacked > sizeBytes) done(new ContentDamagedError('unpacks to more than it claims'));
      else done(null, chunk);
    },
  });
  // Errors reach the reader because pipeline destroys the last stream with them.
  return pipeline(raw, createInflateRaw({ chunkSize: 256 * 1024 }), limit, () => undefined);
}

const PIECE_BYTES = 1024 * 1024;

/**
 * The same, to be looked at piece by piece: a piece is good until the next one is asked for. All of a file's lie in the
 * same memory, while those of a stream pile up by the hundred until they are collected.
 */
export async function* readPieces(location: ContentLocation, sizeBytes: number): AsyncGenerator<Buffer> {
  if (location.kind !== 'file') {
    yield* streamContent(location, sizeBytes) as AsyncIterable<Buffer>;
    return;
  }
  using file = openListedFile(location.absolutePath, sizeBytes, location.modifiedMs);
  yield* readPiecesOf(file.fd, sizeBytes);
}

/** The same of a file that is open, from where it stands to its end. */
export async function* readPiecesOf(fd: number, sizeBytes: number): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(1, sizeBytes)));
  try {
    for (;;) {
      const { bytesRead } = await readAt(fd, piece, 0, piece.length, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    freeMemory(piece);
  }
}

const readAt = promisify(read);

function emptyStream(): Readable {
  const stream = new PassThrough();
  stream.end();
  return stream;
}
