import { join } from 'node:path';

import { AppError } from '../app-error.ts';

const MAXIMUM_PATH_BYTES = 1024;
const MAXIMUM_NAME_BYTES = 255;

/**
 * Where a file of an upload is stored below `root`. Throws `UPLOAD_PATH_INVALID` for a name that could leave it or that
 * no file system takes. Names that only phones refuse pass: the check of the build tells about them.
 * @param relativePath as the browser gives it: `/`-separated, relative
 */
export function uploadFilePath(root: string, relativePath: string, platform = process.platform): string {
  const names = relativePath.split('/');
  const isFine =
    Buffer.byteLength(relativePath) <= MAXIMUM_PATH_BYTES &&
    !relativePath.includes('\0') &&
    names.every((name) => isFileName(name, platform));
  if (!isFine) throw new AppError('UPLOAD_PATH_INVALID', { path: relativePath.slice(0, 200) });
  return join(root, ...names);
}

function isFileName(name: string, platform: NodeJS.Platform): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  if (Buffer.byteLength(name) > MAXIMUM_NAME_BYTES) return false;
  // There `\` separates, `:` names a drive or a stream, and trailing dots and spaces are dropped.
  return platform !== 'win32' || (!/[\\:*?"<>|]/.test(name) && !/[. ]$/.test(name));
}
