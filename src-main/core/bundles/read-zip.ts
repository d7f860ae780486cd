import { open } from 'node:fs/promises';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import type { DeflatePool } from './deflate-pool.ts';
import type { CancelFlag, VerifiedZip, ZipPart } from './deflate-protocol.ts';
import { createFindingList } from './finding-list.ts';
import { createLeftOut } from './junk.ts';
import { findClashes } from './name-rules.ts';
import { createZipContentReader, inZipOrder } from './zip-content.ts';
import { METHOD_STORED } from './zip-format.ts';
import { listZip } from './zip-source.ts';

const FLAG_DATA_DESCRIPTOR = 0x0008;

/**
 * Unpacks a bundle zip as clients do (protocol/clients.md §5) without writing anything: names, local headers, sizes,
 * CRCs. Fails with `ZIP_INVALID`, `ZIP_UNSAFE`, `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `CANCELLED`.
 */
export async function verifyBundleZip(
  path: string,
  options: {
    readonly signal?: AbortSignal | undefined;
    /** Threads to unpack in. */
    readonly pool?: Pick<DeflatePool, 'size' | 'checkZip'> | undefined;
  } = {},
): Promise<VerifiedZip> {
  const { signal, pool } = options;
  throwIfAborted(signal);
  await using zip = await open(path, 'r').catch((error: unknown) => {
    throw systemErrorCode(error) === 'ENOENT'
      ? new AppError('SOURCE_NOT_FOUND', { path }, { cause: error })
      : new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  });
  if (!pool) return await checkZipPart({ fd: zip.fd, path, part: 0, parts: 1 }, () => throwIfAborted(signal));
  // Each thread reads the directory for itself: this one is then free for others.
  const { size: bytes } = await zip.stat();
  const parts = Math.min(pool.size, MAXIMUM_PARTS, Math.max(1, Math.floor(bytes / PART_BYTES)));
  return await checkInThreads({ fd: zip.fd, path, parts }, pool, signal);
}

/** Of the zip: less is not worth reading the directory once more. */
const PART_BYTES = 4 * 1024 * 1024;
const MAXIMUM_PARTS = 4;

async function checkInThreads(
  zip: Omit<ZipPart, 'part'>,
  pool: Pick<DeflatePool, 'checkZip'>,
  signal: AbortSignal | undefined,
): Promise<VerifiedZip> {
  throwIfAborted(signal);
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });
  try {
    const checks = Array.from({ length: zip.parts }, (_, part) => pool.checkZip({ ...zip, part }, cancel));
    const [found] = await Promise.all(checks).catch(async (error: unknown) => {
      raiseCancel();
      // Threads may still read through the descriptor, which is closed after this.
      await Promise.allSettled(checks);
      throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: error }) : error;
    });
    if (!found) throw new TypeError('a zip has at least one part');
    return found;
  } finally {
    signal?.removeEventListener('abort', raiseCancel);
  }
}

/** Looks at all names of a zip, and unpacks the entries of one part of it. Throws as `verifyBundleZip` rejects. */
export async function checkZipPart(
  { fd, path, part, parts }: ZipPart,
  throwIfStopped: () => void,
): Promise<VerifiedZip> {
  const findings = createFindingList();
  const leftOut = createLeftOut();
  const files = await listZip({ fd, path, findings, leftOut, signal: undefined, throwIfStopped });
  const refused = findings.all().find((finding) => finding.severity === 'error');
  if (refused) throw new AppError('ZIP_UNSAFE', { reason: `${refused.path ?? 'zip'}: ${refused.code}` });
  const [clash] = findClashes(files.map((file) => file.path));
  if (clash) throw new AppError('ZIP_UNSAFE', { reason: `${clash.path}: ${clash.code}` });
  const ordered = inZipOrder(files);
  const edge = (index: number): number => Math.floor((ordered.length * index) / parts);
  await checkEntries(fd, ordered.slice(edge(part), edge(part + 1)), throwIfStopped);
  return {
    files: files.length,
    rawBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    hasIndexHtml: files.some((file) => file.path === 'index.html'),
  };
}

/** Unpacks entries of a zip that is open as `fd`. Throws `ZIP_INVALID`, `ZIP_UNSAFE`, and what `throwIfStopped` throws. */
async function checkEntries(fd: number, files: readonly BuildFile[], throwIfStopped: () => void): Promise<void> {
  const reader = createZipContentReader(fd);
  for (const file of files) {
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
