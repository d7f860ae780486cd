import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';

import { AppError, reasonOf } from '../app-error.ts';
import { ContentChangedError, ContentDamagedError, readListedFile, streamContent } from './content.ts';
import type { ContentLocation } from './deflate-protocol.ts';
import type { FileIdentity } from './file-stats.ts';

/** A file of a build and where its content lies. */
export type BuildFile = {
  /** `/`-separated, relative to the bundle's root. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly source: ContentLocation;
  /** Which file of the file system it is; none for a zip's entry. */
  readonly identity?: FileIdentity;
};

/**
 * The whole content, for files of moderate size. Rejects with `SOURCE_CHANGED`, `SOURCE_UNREADABLE` or `ZIP_INVALID`.
 */
export async function readBuildFile(file: BuildFile): Promise<Buffer> {
  try {
    if (file.source.kind === 'file') return await readListedFile(file.source, file.sizeBytes);
    const content = await buffer(streamContent(file.source, file.sizeBytes));
    assertContent(file, content.length, crc32(content));
    return content;
  } catch (error) {
    throw contentError(file, error);
  }
}

/** The content piece by piece, for large files. Failures reach the reader as plain errors: see `contentError`. */
export function streamBuildFile(file: BuildFile): Readable {
  return streamContent(file.source, file.sizeBytes);
}

/** Throws unless as many bytes as were listed were read, and for a zip's entry with the CRC of its directory. */
export function assertContent(file: BuildFile, bytes: number, crc: number): void {
  if (file.source.kind === 'file') {
    if (bytes !== file.sizeBytes) throw new ContentChangedError('size differs');
    return;
  }
  if (bytes !== file.sizeBytes) throw new ContentDamagedError('size differs');
  if (crc !== file.source.crc32) throw new ContentDamagedError('CRC differs');
}

/** The failure of reading one file, by its path. */
export function contentError(file: BuildFile, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { path } = file;
  if (error instanceof ContentChangedError) return new AppError('SOURCE_CHANGED', { path }, { cause: error });
  if (file.source.kind === 'zip-entry') {
    return new AppError('ZIP_INVALID', { reason: `${path}: ${reasonOf(error)}` }, { cause: error });
  }
  return new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
}
