import { open } from 'node:fs/promises';

import { AppError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { BuildFile } from './build-file.ts';
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
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<VerifiedZip> {
  const { signal } = options;
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

  const reader = createZipContentReader(zip.fd);
  let rawBytes = 0;
  for (const file of inZipOrder(files)) {
    throwIfAborted(signal);
    try {
      await checkLocalHeader(file, reader);
      await reader.check(file);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('ZIP_INVALID', { reason: `${file.path}: ${reasonOf(error)}` }, { cause: error });
    }
    rawBytes += file.sizeBytes;
  }
  return { files: files.length, rawBytes, hasIndexHtml: files.some((file) => file.path === 'index.html') };
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
