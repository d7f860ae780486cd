import { createHash } from 'node:crypto';

import { AppError, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from '../bundles/build-file.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { CancelFlag, DeflateTask } from '../bundles/deflate-protocol.ts';
import { visitInTurns } from '../visit-in-turns.ts';

export type TreeDigestOptions = {
  /** Threads to read and digest in. */
  readonly pool: Pick<DeflatePool, 'digest'>;
  /** SHA-256 of a file's content, lowercase hex, where it is known already. */
  readonly known?: ((file: BuildFile) => string | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Files of one request to a thread. */
const BATCH_FILES = 256;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Lines that are digested in one go. */
const LINES = 1000;

/**
 * SHA-256 over the paths and contents of a build's files: equal for equal content, whatever its dates and wherever it
 * lies. Rejects with `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `ZIP_INVALID`, `CANCELLED`.
 */
export async function treeDigest(
  files: readonly BuildFile[],
  { pool, known, signal }: TreeDigestOptions,
): Promise<string> {
  const digests = new Map<string, string>();
  const unknown: BuildFile[] = [];
  await visitInTurns(files, (file) => {
    // Set in the order of the files, also for those that are digested later: sorting them then costs nothing.
    const sha256 = known?.(file);
    digests.set(file.path, sha256 ?? '');
    if (sha256 === undefined) unknown.push(file);
  });
  await digestInThreads(unknown, pool, signal, (file, sha256) => digests.set(file.path, sha256));
  return treeDigestOf(digests);
}

/** The same from digests that are known: SHA-256 of each file's content, lowercase hex, by its path in the bundle. */
export function treeDigestOf(digests: ReadonlyMap<string, string>): string {
  const tree = createHash('sha256');
  const paths = [...digests.keys()].sort();
  for (let at = 0; at < paths.length; at += LINES) {
    const lines = paths.slice(at, at + LINES).map((path) => `${digests.get(path)} ${path}\0`);
    tree.update(lines.join(''));
  }
  return tree.digest('hex');
}

async function digestInThreads(
  files: readonly BuildFile[],
  pool: Pick<DeflatePool, 'digest'>,
  signal: AbortSignal | undefined,
  onDigest: (file: BuildFile, sha256: string) => void,
): Promise<void> {
  throwIfAborted(signal);
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });
  try {
    const works = batchesOf(files).map(async (batch) => {
      const found = await pool.digest(batch.map(toTask), cancel);
      for (const [index, file] of batch.entries()) onDigest(file, found[index] ?? '');
    });
    await Promise.all(works).catch(async (error: unknown) => {
      raiseCancel();
      // Threads may still read through the descriptor of a zip, which is closed after this.
      await Promise.allSettled(works);
      throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: error }) : error;
    });
  } finally {
    signal?.removeEventListener('abort', raiseCancel);
  }
}

function toTask({ path, sizeBytes, source }: BuildFile): DeflateTask {
  return { path, sizeBytes, content: source };
}

function batchesOf(files: readonly BuildFile[]): BuildFile[][] {
  const batches: BuildFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = batches.at(-1);
    if (!last || last.length >= BATCH_FILES || bytes + file.sizeBytes > BATCH_BYTES) {
      batches.push([file]);
      bytes = file.sizeBytes;
    } else {
      last.push(file);
      bytes += file.sizeBytes;
    }
  }
  return batches;
}
