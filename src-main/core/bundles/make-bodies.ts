import { createCipheriv, createHash, hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, constants, createBrotliCompress, type BrotliOptions } from 'node:zlib';

import { encryptBody } from '../crypto/envelope.ts';
import { sealSha256 } from '../crypto/sealed-values.ts';
import { EMPTY_BROTLI, isBrotliWorth, isReadAsBrotli } from './body-rules.ts';
import { isCompressible } from './compressible.ts';
import { ContentChangedError, streamContent } from './content.ts';
import type { BodySealing, BodyTask, CancelFlag, MadeBodies, MadeBody } from './deflate-protocol.ts';
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
      const content = readContent(task);
      if (hash('sha256', content, 'hex') !== task.sha256) throw new ContentChangedError('content differs');
      const { isBrotli, bytes: plain } = encode(task, content);
      const bytes = sealing ? encryptBody(plain, sealing) : plain;
      bodies.push({
        path: task.path,
        isBrotli,
        sha256: hash('sha256', bytes, 'hex'),
        sizeBytes: bytes.length,
        sealedHash: sealOf(task, sealing),
      });
      // Content that is sent as it is still lies in the scratch buffer, which the next file overwrites.
      parts.push(bytes === content ? Buffer.from(bytes) : bytes);
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

function encode(task: BodyTask, content: Uint8Array): { isBrotli: boolean; bytes: Uint8Array } {
  const { quality, isForced } = task;
  if (content.length === 0) return { isBrotli: true, bytes: EMPTY_BROTLI };
  if (quality === null) return { isBrotli: false, bytes: content };
  if (!isForced && !isCompressible(content)) return { isBrotli: false, bytes: content };
  const packed = brotliCompressSync(content, brotliOptions(quality, content.length));
  if (isReadAsBrotli(packed, content) && (isForced || isBrotliWorth(packed.length, content.length))) {
    return { isBrotli: true, bytes: packed };
  }
  if (!isForced) return { isBrotli: false, bytes: content };
  // Another window makes another first byte, and the stream is taken for what it is.
  return { isBrotli: true, bytes: brotliCompressSync(content, brotliOptions(quality, content.length, 18)) };
}

function brotliOptions(quality: number, sizeBytes: number, window = 22): BrotliOptions {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_SIZE_HINT]: sizeBytes,
    },
  };
}

function sealOf({ sha256, hasSeal }: BodyTask, sealing: BodySealing | null): string | null {
  return sealing && !hasSeal ? sealSha256(sha256, sealing.privateKey, sealing.format) : null;
}

/** The same for a file that is never in memory as a whole. Whether brotli pays was told when it was packed. */
export async function makeLargeBody(
  task: BodyTask,
  sealing: BodySealing | null,
  spoolPath: string,
  cancel: CancelFlag,
): Promise<MadeBody> {
  try {
    const isBrotli = task.quality !== null;
    const content = createHash('sha256');
    const body = createHash('sha256');
    let read = 0;
    let written = 0;
    const target = createWriteStream(spoolPath, { flags: 'wx', mode: 0o600, highWaterMark: 1024 * 1024 });
    await pipeline(
      streamContent(task.content, task.sizeBytes),
      async function* watch(source: Readable) {
        for await (const chunk of source as AsyncIterable<Buffer>) {
          throwIfCancelled(cancel);
          content.update(chunk);
          read += chunk.length;
          // Small pieces, so that a cancel is seen between them.
          for (let from = 0; from < chunk.length; from += 256 * 1024) yield chunk.subarray(from, from + 256 * 1024);
        }
      },
      isBrotli ? createBrotliCompress(brotliOptions(task.quality, task.sizeBytes)) : new PassThrough(),
      sealing ? createCipheriv('aes-128-cbc', sealing.key, sealing.iv) : new PassThrough(),
      async function* measure(source: Readable) {
        for await (const chunk of source as AsyncIterable<Buffer>) {
          throwIfCancelled(cancel);
          body.update(chunk);
          written += chunk.length;
          yield chunk;
        }
      },
      target,
    );
    if (content.digest('hex') !== task.sha256) throw new ContentChangedError('content differs');
    if (task.content.kind === 'file') assertWhole(task, read, 0);
    return {
      path: task.path,
      isBrotli,
      sha256: body.digest('hex'),
      sizeBytes: written,
      sealedHash: sealOf(task, sealing),
    };
  } catch (error) {
    await rm(spoolPath, { force: true });
    throw error instanceof CancelledError ? error : new TaskError(task.path, error);
  }
}
