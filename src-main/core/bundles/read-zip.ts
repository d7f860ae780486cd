import { open } from 'node:fs/promises';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import type { DeflatePool } from './deflate-pool.ts';
import type { CancelFlag, DeflateTask } from './deflate-protocol.ts';
import { createFindingList } from './finding-list.ts';
import { createLeftOut } from './junk.ts';
import { findClashes } from './name-rules.ts';
import { createZipContentReader, inZipOrder } from './zip-content.ts';
import { METHOD_STORED } from './zip-format.ts';
import { listZip } from './zip-source.ts';

const FLAG_DATA_DESCRIPTOR = 0x0008;

export type VerifiedZip = {
  readonly files: number;
  /** Unpacked bytes of all files. */
  readonly rawBytes: number;
  /** Without `index.html` at the root a phone downloads the bundle and never shows it. */
  readonly hasIndexHtml: boolean;
};

/**
 * Unpacks a bundle zip as clients do (protocol/clients.md §5) without writing anything: names, local headers, sizes,
 * CRCs. Fails with `ZIP_INVALID`, `ZIP_UNSAFE`, `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `CANCELLED`.
 */
export async function verifyBundleZip(
  path: string,
  options: {
    readonly signal?: AbortSignal | undefined;
    /** Threads to unpack in. */
    readonly pool?: Pick<DeflatePool, 'checkEntries'> | undefined;
  } = {},
): Promise<VerifiedZip> {
  const { signal, pool } = options;
  throwIfAborted(signal);
  await using zip = await open(path, 'r').catch((error: unknown) => {
    throw systemErrorCode(error) === 'ENOENT'
      ? new AppError('SOURCE_NOT_FOUND', { path }, { cause: error })
      : new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  });
  const findings = createFindingList();
  const leftOut = createLeftOut();
  const files = await listZip({ fd: zip.fd, path, findings, leftOut, signal });
  const refused = findings.all().find((finding) => finding.severity === 'error');
  if (refused) throw new AppError('ZIP_UNSAFE', { reason: `${refused.path ?? 'zip'}: ${refused.code}` });
  const [clash] = findClashes(files.map((file) => file.path));
  if (clash) throw new AppError('ZIP_UNSAFE', { reason: `${clash.path}: ${clash.code}` });

  await (pool
    ? checkInThreads(zip.fd, files, pool, signal)
    : checkEntries(zip.fd, files, () => throwIfAborted(signal)));
  const rawBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { files: files.length, rawBytes, hasIndexHtml: files.some((file) => file.path === 'index.html') };
}

/** Entries of one request to a thread: enough to hide the way there, few enough to keep all of them busy. */
const BATCH_FILES = 128;
const BATCH_BYTES = 1024 * 1024;

async function checkInThreads(
  fd: number,
  files: readonly BuildFile[],
  pool: Pick<DeflatePool, 'checkEntries'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });
  try {
    const checks = batchesOf(inZipOrder(files)).map((batch) =>
      pool.checkEntries(fd, batch.map(toTask), cancel).then(
        () => null,
        (error: unknown) => ({ error }),
      ),
    );
    // One after the other, so that a zip with two faults is always refused for the first of them.
    for (const check of checks) {
      const failure = await check;
      if (!failure) continue;
      raiseCancel();
      // Threads may still read through the descriptor, which is closed after this.
      await Promise.all(checks);
      throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: failure.error }) : failure.error;
    }
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

/** Unpacks entries of a zip that is open as `fd`. Throws `ZIP_INVALID`, `ZIP_UNSAFE`, and what `throwIfStopped` throws. */
export async function checkEntries(fd: number, files: readonly BuildFile[], throwIfStopped: () => void): Promise<void> {
  const reader = createZipContentReader(fd);
  for (const file of inZipOrder(files)) {
    throwIfStopped();
    try {
      await checkLocalHeader(file, reader);
      await reader.check(file, throwIfStopped);
    } catch (error) {
      // Stopped, rather than damaged.
      throwIfStopped();
      if (error instanceof AppError) throw error;
      throw new AppError('ZIP_INVALID', { reason: `${file.path}: ${reasonOf(error)}` }, { cause: error });
    }
  }
}

/** Android's client reads local headers only, iOS's the directory only: both must see the same. */
async function checkLocalHeader(file: BuildFile, reader: ReturnType<typeof createZipContentReader>): Promise<void> {
  const head = await reader.head(file);
  if (file.source.kind !== 'zip-entry') return;
  if (head.method !== file.source.method || head.name.toString() !== file.path) {
    throw new AppError('ZIP_UNSAFE', { reason: `${file.path}: its two headers contradict each other` });
  }
  // java.util.zip.ZipInputStream cannot tell where such an entry ends.
  if (head.method === METHOD_STORED && (head.flags & FLAG_DATA_DESCRIPTOR) !== 0) {
    throw new AppError('ZIP_UNSAFE', { reason: `${file.path}: stored with a data descriptor` });
  }
}
