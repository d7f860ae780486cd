import { createCipheriv, createHash, hash } from 'node:crypto';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync } from 'node:zlib';

import { decryptBody, encryptBody } from '../crypto/envelope.ts';
import { sealSha256 } from '../crypto/sealed-values.ts';
import { type BrotliQuality, EMPTY_BROTLI, isBrotliWorth, isReadAsBrotli } from './body-rules.ts';
import { BROTLI_STEP_BYTES, brotliInSteps, brotliOptions } from './brotli-steps.ts';
import { isCompressible } from './compressible.ts';
import { ContentChangedError, readFully, streamContent } from './content.ts';
import type { BodySealing, BodyTask, CancelFlag, MadeBodies, MadeBody, StoredBrotli } from './deflate-protocol.ts';
import { assertWhole, CancelledError, readContent, TaskError, throwIfCancelled } from './worker-content.ts';

/**
 * The bodies of a delta update: what a phone downloads to get each file. Compressed first, then encrypted
 * (protocol/capgo-server-and-cli.md §4, step 8). Runs in the pool's threads.
 */
export function makeBodies(tasks: readonly BodyTask[], sealing: BodySealing | null, cancel: CancelFlag): MadeBodies {
  const bodies: MadeBody[] = [];
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const task of tasks) {
    throwIfCancelled(cancel);
    try {
      const { isBrotli, bytes: plain, isScratch } = takeStored(task) ?? encodeContent(task);
      const bytes = sealing ? encryptBody(plain, sealing) : plain;
      bodies.push({
        path: task.path,
        isBrotli,
        sha256: hash('sha256', bytes, 'hex'),
        sizeBytes: bytes.length,
        sealedHash: sealOf(task, sealing),
      });
      // Content that is sent as it is still lies in the scratch buffer, which the next file overwrites.
      parts.push(isScratch && bytes === plain ? Buffer.from(bytes) : bytes);
      total += bytes.length;
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
  return { bodies, bytes };
}

type Encoded = {
  readonly isBrotli: boolean;
  readonly bytes: Uint8Array;
  /** They lie in memory that the next file is read into. */
  readonly isScratch: boolean;
};

/** The brotli form that an earlier release has. Null when there is none, or its file is gone or has rotted. */
function takeStored({ stored }: BodyTask): Encoded | null {
  if (!stored) return null;
  const body = Buffer.allocUnsafe(stored.sizeBytes);
  try {
    readStored(stored, body);
    if (hash('sha256', body, 'hex') !== stored.sha256) return null;
    return { isBrotli: true, bytes: stored.session ? decryptBody(body, stored.session) : body, isScratch: false };
  } catch {
    return null;
  }
}

function readStored({ holderPath, offset }: StoredBrotli, target: Uint8Array): void {
  const fd = openSync(holderPath, 'r');
  try {
    readFully(fd, target, offset);
  } finally {
    closeSync(fd);
  }
}

function encodeContent(task: BodyTask): Encoded {
  const content = readContent(task);
  if (hash('sha256', content, 'hex') !== task.sha256) throw new ContentChangedError('content differs');
  const asItIs: Encoded = { isBrotli: false, bytes: content, isScratch: true };
  const asBrotli = (bytes: Uint8Array): Encoded => ({ isBrotli: true, bytes, isScratch: false });
  const { quality, isForced } = task;
  if (content.length === 0) return asBrotli(EMPTY_BROTLI);
  if (quality === null) return asItIs;
  if (!isForced && !isCompressible(content)) return asItIs;
  const packed = brotliCompressSync(content, brotliOptions(quality, content.length));
  if (isReadAsBrotli(packed, content) && (isForced || isBrotliWorth(packed.length, content.length))) {
    return asBrotli(packed);
  }
  if (!isForced) return asItIs;
  // Another window makes another first byte, and the stream is taken for what it is.
  return asBrotli(brotliCompressSync(content, brotliOptions(quality, content.length, 18)));
}

/**
 * The same piece by piece, for a file that is large or takes long. Whether brotli is tried was told when it was packed.
 * Its stream begins with neither of the clients' marks: those stand for pieces of less than 64 KiB.
 */
export async function makeLargeBody(
  task: BodyTask,
  sealing: BodySealing | null,
  spoolPath: string,
  cancel: CancelFlag,
): Promise<MadeBody> {
  try {
    let isBrotli = task.quality !== null;
    let spooled = await spoolBody(task, task.quality, sealing, spoolPath, cancel);
    if (isBrotli && !task.isForced && !isBrotliWorth(spooled.plainBytes, task.sizeBytes)) {
      isBrotli = false;
      await rm(spoolPath);
      spooled = await spoolBody(task, null, sealing, spoolPath, cancel);
    }
    const { sha256, sizeBytes } = spooled;
    return { path: task.path, isBrotli, sha256, sizeBytes, sealedHash: sealOf(task, sealing) };
  } catch (error) {
    await rm(spoolPath, { force: true });
    throw error instanceof CancelledError ? error : new TaskError(task.path, error);
  }
}

type SpooledBody = {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Before it was encrypted. */
  readonly plainBytes: number;
};

async function spoolBody(
  task: BodyTask,
  quality: BrotliQuality | null,
  sealing: BodySealing | null,
  spoolPath: string,
  cancel: CancelFlag,
): Promise<SpooledBody> {
  const content = createHash('sha256');
  const body = createHash('sha256');
  let read = 0;
  let plainBytes = 0;
  // Made by itself: the stream opens it later, maybe after a cancel has removed it, and must not bring it back then.
  await writeFile(spoolPath, '', { flag: 'wx', mode: 0o600 });
  const target = createWriteStream(spoolPath, { flags: 'r+', highWaterMark: 1024 * 1024 });
  async function* inSteps(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      content.update(chunk);
      read += chunk.length;
      for (let from = 0; from < chunk.length; from += BROTLI_STEP_BYTES) {
        throwIfCancelled(cancel);
        yield chunk.subarray(from, from + BROTLI_STEP_BYTES);
      }
    }
  }
  async function* encoded(source: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
    const steps = inSteps(source);
    for await (const piece of quality === null ? steps : brotliInSteps(steps, quality, task.sizeBytes)) {
      plainBytes += piece.length;
      yield piece;
    }
  }
  async function* measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      throwIfCancelled(cancel);
      body.update(piece);
      yield piece;
    }
  }
  const encrypt = sealing ? createCipheriv('aes-128-cbc', sealing.key, sealing.iv) : new PassThrough();
  await pipeline(streamContent(task.content, task.sizeBytes), encoded, encrypt, measured, target);
  if (content.digest('hex') !== task.sha256) throw new ContentChangedError('content differs');
  if (task.content.kind === 'file') assertWhole(task, read, 0);
  return { sha256: body.digest('hex'), sizeBytes: target.bytesWritten, plainBytes };
}

function sealOf({ sha256, hasSeal }: BodyTask, sealing: BodySealing | null): string | null {
  return sealing && !hasSeal ? sealSha256(sha256, sealing.privateKey, sealing.format) : null;
}
