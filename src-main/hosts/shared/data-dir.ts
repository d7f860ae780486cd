import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, resolve, win32 } from 'node:path';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '#core/app-error.ts';
import { homeFolder } from '#core/home-folder.ts';

export type DataDirSources = {
  /** What `--data-dir` said. */
  readonly option?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  /** What the system says is the user's own folder; null or a relative path when it knows none. */
  readonly home?: () => string | null;
};

/**
 * Where everything lives: `--data-dir`, else `SLIPWAY_DATA_DIR`, else the system's per-user application data folder.
 * Throws `DATA_FOLDER_UNUSABLE` when none of them is known.
 */
export function locateDataDir(sources: DataDirSources = {}): string {
  const env = sources.env ?? process.env;
  const chosen = sources.option ?? (env['SLIPWAY_DATA_DIR'] || undefined);
  return chosen === undefined ? defaultDataDir(env, sources) : resolve(chosen);
}

function defaultDataDir(env: Readonly<Record<string, string | undefined>>, sources: DataDirSources): string {
  const home = (): string => {
    const folder = (sources.home ?? homeFolder)();
    if (folder !== null && (isAbsolute(folder) || win32.isAbsolute(folder))) return folder;
    throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir: '~', reason: 'this user has no home folder' });
  };
  switch (sources.platform ?? process.platform) {
    case 'darwin':
      return posix.join(home(), 'Library', 'Application Support', 'Slipway');
    case 'win32':
      return win32.join(env['LOCALAPPDATA'] || win32.join(home(), 'AppData', 'Local'), 'Slipway');
    default: {
      // A relative XDG_DATA_HOME is invalid and has to be ignored (XDG Base Directory Specification).
      const dataHome = env['XDG_DATA_HOME'];
      return join(dataHome && isAbsolute(dataHome) ? dataHome : join(home(), '.local', 'share'), 'slipway');
    }
  }
}

/**
 * Makes the data folder, for its user alone, when it is not there.
 * Rejects with `DATA_FOLDER_READ_ONLY`, `DATA_FOLDER_UNUSABLE`, `DISK_FULL`.
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
    if (!(await stat(dataDir)).isDirectory()) {
      throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: 'it is not a folder' });
    }
  } catch (error) {
    throw describeFailure(error, dataDir);
  }
}

/**
 * Node's own recursive `mkdir` never returns where the system says of a folder in an existing one that it is not there:
 * below `/proc`, and on some network file systems.
 */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await makeOne(path);
  }
}

/** Whether what is there already is a folder is for the caller to see. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
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
