import { randomBytes } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import type { ZipResult } from '#contract/models/release.ts';

import { AppError, asStorageError, reasonOf, throwIfAborted } from '../app-error.ts';
import { openBuild, type OpenBuild } from '../bundles/build-files.ts';
import { createDeflatePool, type DeflatePool } from '../bundles/deflate-pool.ts';
import { packBundle } from '../bundles/pack-bundle.ts';
import type { ReportProgress } from '../jobs/progress.ts';

export type MakeZipInput = {
  readonly sourcePath: string;
  /** Absolute path of the zip to write. */
  readonly out: string;
  readonly overwrite: boolean;
  readonly pool?: DeflatePool | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly report?: ReportProgress | undefined;
};

/**
 * Makes a plain bundle zip. `out` is there whole or not at all. Names that phones refuse stop it, content does not.
 * Rejects as `openBuild` and `packBundle` do, and with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`.
 */
export async function makeZip(input: MakeZipInput): Promise<ZipResult> {
  const { sourcePath, out, overwrite, signal, report } = input;
  await assertWritable(out, overwrite);
  await using ownPool = input.pool ? null : createDeflatePool();
  const pool = input.pool ?? ownPool ?? undefined;
  await using build = await openBuild(sourcePath, { signal, pool });
  await assertNotPacked(out, build);
  const part = `${out}.${randomBytes(4).toString('hex')}.part`;
  try {
    const packed = await packBundle(build, part, { signal, report, pool });
    throwIfAborted(signal);
    await assertWritable(out, overwrite);
    await rename(part, out);
    return { path: out, checksum: packed.sha256, size: packed.sizeBytes, files: packed.files };
  } catch (error) {
    await rm(part, { force: true });
    const known = asStorageError(error);
    if (known instanceof AppError) {
      // The name of the part file means nothing to anybody.
      if (known.code !== 'OUTPUT_UNWRITABLE') throw known;
      throw new AppError('OUTPUT_UNWRITABLE', { ...known.params, path: out }, { cause: error });
    }
    throw new AppError('OUTPUT_UNWRITABLE', { path: out, reason: reasonOf(error) }, { cause: error });
  }
}

async function assertWritable(out: string, overwrite: boolean): Promise<void> {
  const found = await stat(out).catch(() => null);
  if (!found) return;
  if (found.isDirectory()) throw new AppError('OUTPUT_UNWRITABLE', { path: out, reason: 'it is a folder' });
  if (!overwrite) throw new AppError('OUTPUT_EXISTS', { path: out });
}

/** A zip over one of the files that go into it would cost its maker that file. */
async function assertNotPacked(out: string, { files }: OpenBuild): Promise<void> {
  const name = basename(out).toLowerCase();
  const namesakes = files.flatMap(({ path, source }) =>
    source.kind === 'file' && basename(path).toLowerCase() === name ? [source.absolutePath] : [],
  );
  for (const path of namesakes) {
    if (await isSameFile(path, out)) {
      throw new AppError('OUTPUT_UNWRITABLE', { path: out, reason: 'it is a file of the build' });
    }
  }
}

/** However the two paths are written: links, and disks that do not tell upper case from lower. */
async function isSameFile(left: string, right: string): Promise<boolean> {
  const [one, other] = await Promise.all([left, right].map((path) => stat(path, { bigint: true }).catch(() => null)));
  return Boolean(one && other && one.dev === other.dev && one.ino === other.ino);
}
