import { basename, isAbsolute } from 'node:path';

import type { BuildSource } from '#contract/models/release.ts';

import { AppError } from '../app-error.ts';
import type { UploadService } from '../uploads/uploads.ts';

/** A build's place on this machine; an upload does not expire until disposed. */
export type LocatedBuild = Disposable & {
  readonly path: string;
  /** For people: the folder's or file's own name. */
  readonly name: string;
};

/** Throws `BAD_INPUT` for a relative path (of which folder?), `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`. */
export function locateBuild(source: BuildSource, uploads: UploadService): LocatedBuild {
  if (source.kind === 'upload') return uploads.use(source.uploadId);
  if (source.path.includes('\0')) throw new AppError('SOURCE_NOT_FOUND', { path: source.path.replaceAll('\0', '?') });
  if (!isAbsolute(source.path)) throw new AppError('BAD_INPUT', { reason: 'the path of the build must be absolute' });
  return { path: source.path, name: basename(source.path) || source.path, [Symbol.dispose]() {} };
}
