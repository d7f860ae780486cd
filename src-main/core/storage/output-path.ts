import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

import { AppError } from '../app-error.ts';

/** The core may run in another folder than whoever asks. Throws `BAD_INPUT`. */
export function requireAbsolutePath(path: string): void {
  if (isAbsolute(path) && !path.includes('\0')) return;
  throw new AppError('BAD_INPUT', { reason: 'the path must be absolute' });
}

/**
 * A place for something new of the person's own. Not in the data folder, where the next clean-up would take it for a leftover.
 * Rejects with `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`.
 */
export async function requireFreeOutput(path: string, dataDir: string): Promise<void> {
  if (await isThere(path)) throw new AppError('OUTPUT_EXISTS', { path });
  if (holdsPath(await realPath(dataDir), await realPath(path))) {
    throw new AppError('OUTPUT_UNWRITABLE', { path, reason: 'it lies in Slipway’s own data folder' });
  }
}

/** Whether `inside` is `folder` or below it, by their names alone. */
export function holdsPath(folder: string, inside: string): boolean {
  const way = relative(folder, inside);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

/** Without links as far as it is there. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), basename(path));
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
