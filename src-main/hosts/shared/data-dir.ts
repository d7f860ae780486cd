import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, posix, resolve, win32 } from 'node:path';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '#core/app-error.ts';

export type DataDirSources = {
  /** What `--data-dir` said. */
  readonly option?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
};

/** Where everything lives: `--data-dir`, else `SLIPWAY_DATA_DIR`, else the system's per-user application data folder. */
export function locateDataDir(sources: DataDirSources = {}): string {
  const env = sources.env ?? process.env;
  const chosen = sources.option ?? (env['SLIPWAY_DATA_DIR'] || undefined);
  return chosen === undefined ? defaultDataDir(env, sources) : resolve(chosen);
}

function defaultDataDir(env: Readonly<Record<string, string | undefined>>, sources: DataDirSources): string {
  const home = sources.home ?? homedir();
  switch (sources.platform ?? process.platform) {
    case 'darwin':
      return posix.join(home, 'Library', 'Application Support', 'Slipway');
    case 'win32':
      return win32.join(env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'Slipway');
    default: {
      // A relative XDG_DATA_HOME is invalid and has to be ignored (XDG Base Directory Specification).
      const dataHome = env['XDG_DATA_HOME'];
      return join(dataHome && isAbsolute(dataHome) ? dataHome : join(home, '.local', 'share'), 'slipway');
    }
  }
}

/**
 * Makes the data folder, for its user alone, when it is not there.
 * Rejects with `DATA_FOLDER_READ_ONLY`, `DATA_FOLDER_UNUSABLE`, `DISK_FULL`.
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (!(await stat(dataDir)).isDirectory()) {
      throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: 'it is not a folder' });
    }
  } catch (error) {
    throw describeFailure(error, dataDir);
  }
}

function describeFailure(error: unknown, dataDir: string): unknown {
  const storageError = asStorageError(error);
  if (storageError instanceof AppError) return storageError;
  const code = systemErrorCode(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AppError('DATA_FOLDER_READ_ONLY', { dataDir }, { cause: error });
  }
  return new AppError(
    'DATA_FOLDER_UNUSABLE',
    { dataDir, reason: reasonFor(code) ?? reasonOf(error) },
    { cause: error },
  );
}

function reasonFor(code: string | undefined): string | null {
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it is not a folder';
  // What Node says of a folder that it should make on a read-only disk, and of a link that leads nowhere.
  return code === 'ENOENT' ? 'it cannot be made' : null;
}
