import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';

/** What is wrong with a stored file. */
export type BlobFault =
  | { readonly kind: 'missing' | 'damaged' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const READ_BYTES = 1024 * 1024;

/** Reads a stored file and compares it with its name; null when it is whole. Rejects with `CANCELLED`. */
export async function checkBlob(
  path: string,
  sha256: string,
  options: { readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void },
): Promise<BlobFault | null> {
  const { signal, onBytes } = options;
  const hash = createHash('sha256');
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  if (onBytes) file.on('data', (chunk) => onBytes(chunk.length));
  try {
    await pipeline(file, hash, { signal });
  } catch (error) {
    throwIfAborted(signal);
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'missing' };
    return { kind: 'unreadable', reason: reasonOf(error) };
  }
  return hash.digest('hex') === sha256 ? null : { kind: 'damaged' };
}
