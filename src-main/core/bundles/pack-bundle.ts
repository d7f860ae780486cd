import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Finding } from '#contract/models/finding.ts';
import type { ReportProgress } from '#core/jobs/progress.ts';

import { AppError, asStorageError, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
import { createDeflatePool, type DeflatePool } from './deflate-pool.ts';
import type { CancelFlag, DeflatedEntry } from './deflate-protocol.ts';
import { compareNames, isOrdinary, type NameProblem, nameProblems, plainName, refusedName } from './name-rules.ts';
import type { ReusablePack } from './pack-cache.ts';
import { createLookAhead, planUnits, type StartedUnit } from './pack-units.ts';
import type { PackedEntry } from './packed-entry.ts';
import { createZipFile, type ZipFileWriter } from './zip-file-writer.ts';

/** What was packed; an `OpenBuild` is one. */
export type PackableBuild = { readonly files: readonly BuildFile[]; readonly findings?: readonly Finding[] };

export type PackOptions = {
  readonly signal?: AbortSignal | undefined;
  /** In bytes of content. */
  readonly report?: ReportProgress | undefined;
  /** An earlier zip of the same build, to copy from what is surely the same. */
  readonly reuse?: ReusablePack | null | undefined;
  /** Threads to use; without it some are started for this call alone. */
  readonly pool?: DeflatePool | undefined;
};

export type { PackedEntry } from './packed-entry.ts';

export type PackedBundle = {
  /** Lowercase hex SHA-256 of the zip. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly files: number;
  readonly rawBytes: number;
  /** In the order of the zip. */
  readonly entries: readonly PackedEntry[];
};

/**
 * Writes the bundle zip of a build to `out`, which must not exist: sorted names, fixed dates, sizes in the local
 * headers, so that equal content gives equal bytes. It is on the disk when this returns; on failure nothing is left.
 * Fails with `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `ZIP_INVALID`, `ZIP_UNSAFE`, `BUILD_HAS_ERRORS` (findings about
 * names and links), `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`, `CANCELLED`.
 */
export async function packBundle(build: PackableBuild, out: string, options: PackOptions = {}): Promise<PackedBundle> {
  throwIfAborted(options.signal);
  const errors = build.findings?.filter((finding) => finding.severity === 'error').length ?? 0;
  if (errors > 0) throw new AppError('BUILD_HAS_ERRORS', { count: errors });
  const files = build.files.toSorted((left, right) => compareNames(left.path, right.path));
  await nextTurn();
  assertSafeNames(files);

  await using ownPool = options.pool ? null : createDeflatePool();
  const pool = options.pool ?? ownPool;
  if (!pool) throw new AppError('INTERNAL');
  const writer = await createZipFile(out);
  try {
    await packInto(writer, files, pool, options);
    const { sha256, sizeBytes, entries } = await writer.end();
    const rawBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    return { sha256, sizeBytes, files: entries.length, rawBytes, entries };
  } catch (error) {
    await writer.discard();
    throw asStorageError(error);
  }
}

/** Threads work ahead, in order; what they made is written in order. So their timing cannot show in the zip. */
async function packInto(
  writer: ZipFileWriter,
  files: readonly BuildFile[],
  pool: DeflatePool,
  { signal, report, reuse = null }: PackOptions,
): Promise<void> {
  const units = await planUnits(files, writer.path, { reuse, signal });
  const cancel: CancelFlag = new SharedArrayBuffer(1);
  const raiseCancel = (): void => {
    Atomics.store(new Uint8Array(cancel), 0, 1);
  };
  signal?.addEventListener('abort', raiseCancel, { once: true });

  const ahead = createLookAhead(units, pool, cancel);
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  let bytesDone = 0;
  try {
    for (let next = ahead.next(); next; next = ahead.next()) {
      const made = await writeUnit(writer, next, reuse, signal);
      ahead.isWritten(next);
      bytesDone += made.reduce((sum, entry) => sum + entry.sizeBytes, 0);
      report?.({ done: bytesDone, total, unit: 'bytes' });
    }
    throwIfAborted(signal);
  } catch (error) {
    raiseCancel();
    await ahead.abandon();
    throw signal?.aborted ? new AppError('CANCELLED', {}, { cause: error }) : error;
  } finally {
    signal?.removeEventListener('abort', raiseCancel);
  }
}

async function writeUnit(
  writer: ZipFileWriter,
  { unit, result }: StartedUnit,
  reuse: ReusablePack | null,
  signal: AbortSignal | undefined,
): Promise<readonly DeflatedEntry[]> {
  const { entries, bytes } = await result;
  throwIfAborted(signal);
  if (unit.kind === 'batch') {
    await writer.addReady(entries, bytes);
  } else if (unit.kind === 'large') {
    await writer.addLarge(unit.file, entries[0], unit.spoolPath, signal);
  } else if (reuse) {
    const { start, end } = unit;
    await writer.addReused(unit.entries, { start, end, read: (at, target) => reuse.read(at, target) }, signal);
  }
  return entries;
}

/** The lists of folders and zips hold none of these; nothing else may bring them into a bundle either. */
function assertSafeNames(files: readonly BuildFile[]): void {
  let before: string | undefined;
  for (const { path } of files) {
    const problem = path === before ? 'NAME_DUPLICATE' : isOrdinary(path) ? undefined : problemOf(path);
    if (problem) throw new AppError('ZIP_UNSAFE', { reason: `${path}: ${problem}` });
    before = path;
  }
}

function problemOf(path: string): NameProblem['code'] | undefined {
  return (
    refusedName(path)?.code ??
    (plainName(path) !== path || path === '' ? 'NAME_ESCAPES_ROOT' : undefined) ??
    nameProblems(path).find(({ code }) => code === 'NAME_TOO_LONG')?.code
  );
}
