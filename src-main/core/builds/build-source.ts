import { basename, isAbsolute, sep } from 'node:path';

import type { ErrorParams } from '#contract/errors.ts';
import type { BuildSource } from '#contract/models/release.ts';

import { AppError } from '../app-error.ts';
import type { UploadService } from '../uploads/uploads.ts';

/** A build's place on this machine; an upload does not expire until disposed. */
export type LocatedBuild = Disposable & {
  readonly path: string;
  /** For people: the folder's or file's own name. */
  readonly name: string;
  /** What failed in it, by the names that a person gave: where an upload is kept meanwhile says nothing to them. */
  readonly told: (error: unknown) => unknown;
};

/** Throws `BAD_INPUT` for a relative path (of which folder?), `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`. */
export function locateBuild(source: BuildSource, uploads: UploadService): LocatedBuild {
  if (source.kind === 'upload') {
    const upload = uploads.use(source.uploadId);
    const { path, name } = upload;
    return { path, name, told: (error) => named(error, upload), [Symbol.dispose]: () => upload[Symbol.dispose]() };
  }
  if (source.path.includes('\0')) throw new AppError('SOURCE_NOT_FOUND', { path: source.path.replaceAll('\0', '?') });
  if (!isAbsolute(source.path)) throw new AppError('BAD_INPUT', { reason: 'the path of the build must be absolute' });
  const name = basename(source.path) || source.path;
  return { path: source.path, name, told: (error) => error, [Symbol.dispose]() {} };
}

function named(error: unknown, { path, name, filesDir }: ReturnType<UploadService['use']>): unknown {
  if (!(error instanceof AppError)) return error;
  const told = Object.entries(error.params).map(([key, value]) => {
    if (value === path) return [key, name];
    const isWithin = typeof value === 'string' && value.startsWith(filesDir + sep);
    return [key, isWithin ? value.slice(filesDir.length + 1) : value];
  });
  return new AppError(error.code, Object.fromEntries(told) as ErrorParams, { cause: error });
}
