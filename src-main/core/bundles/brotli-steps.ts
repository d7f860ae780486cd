import type { Transform } from 'node:stream';
import { type BrotliOptions, constants, createBrotliCompress, type Zlib } from 'node:zlib';

import type { BrotliQuality } from './body-rules.ts';

/** From this quality on the encoder looks for the best of all ways to write a piece, and takes its time. */
const SLOW_FROM = 10;
/** What the encoder is given at once: 70 ms of work at quality 10. */
export const BROTLI_STEP_BYTES = 64 * 1024;
/** After this much it has to write what it holds; left alone it plans megabytes at the end, for 0.8 % fewer bytes. */
const SLOW_FLUSH_BYTES = 256 * 1024;

export function brotliOptions(quality: BrotliQuality, sizeBytes: number, window = 22): BrotliOptions {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_SIZE_HINT]: sizeBytes,
    },
  };
}

/**
 * Compresses in steps of less than a tenth of a second each, between which `source`, or the consumer, can end it.
 * `source` comes in pieces of at most `BROTLI_STEP_BYTES`. The stream is one like any other.
 */
export async function* brotliInSteps(
  source: AsyncIterable<Uint8Array>,
  quality: BrotliQuality,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  const isSlow = quality >= SLOW_FROM;
  const options = brotliOptions(quality, sizeBytes);
  const block = isSlow ? { [constants.BROTLI_PARAM_LGBLOCK]: Math.log2(BROTLI_STEP_BYTES) } : {};
  const encoder = createBrotliCompress({ chunkSize: 2 * BROTLI_STEP_BYTES, params: { ...options.params, ...block } });
  yield* encodeInSteps(encoder, source, isSlow ? SLOW_FLUSH_BYTES : Number.POSITIVE_INFINITY);
}

/**
 * What an encoder of zlib makes of `source`, whose pieces are good until the next one is asked for: each is worked on
 * to its end first. The encoder has to write out what it holds after every `flushBytes`.
 */
export async function* encodeInSteps(
  encoder: Transform & Zlib,
  source: AsyncIterable<Uint8Array>,
  flushBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  encoder.on('data', (piece: Uint8Array) => made.push(piece));
  // Told to the step that failed; without a listener it would end the thread.
  encoder.on('error', () => undefined);
  try {
    let held = 0;
    for await (const piece of source) {
      await settled((done) => void encoder.write(piece, done));
      held += piece.length;
      if (held >= flushBytes) {
        await settled((done) => encoder.flush(constants.BROTLI_OPERATION_FLUSH, () => done()));
        held = 0;
      }
      yield* made.splice(0);
    }
    const ended = new Promise<void>((resolve, reject) => {
      encoder.once('end', resolve);
      encoder.once('error', reject);
    });
    encoder.end();
    await ended;
    yield* made.splice(0);
  } finally {
    encoder.destroy();
  }
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}
