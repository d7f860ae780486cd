import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '../app-error.ts';

/** Far above any PEM; a larger file is something else, and is not read whole to find out. */
const KEY_FILE_LIMIT_BYTES = 64 * 1024;

/** Where the official command line keeps a project's keys. Source: protocol/capgo-server-and-cli.md §2. */
const projectKeyNames = ['.capgo_key_v2', '.capgo_key_v2.pub'] as const;

/**
 * The text of a key file; of a project's folder, that of the key which the official command line keeps there.
 * Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `KEY_FILE_TOO_LARGE`.
 */
export async function readKeyFile(path: string): Promise<string> {
  return (await readLimited(await locateKeyFile(path), KEY_FILE_LIMIT_BYTES)).toString('utf8');
}

async function locateKeyFile(path: string): Promise<string> {
  const names = await readdir(path).catch(() => null);
  if (names === null) return path;
  const name = projectKeyNames.find((known) => names.includes(known)) ?? projectKeyNames[0];
  return join(path, name);
}

/** Like `readKeyFile`, for a backup of many keys. */
export function readBackupFile(path: string): Promise<Buffer> {
  return readLimited(path, 64 * 1024 * 1024);
}

async function readLimited(path: string, limitBytes: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > limitBytes) throw new AppError('KEY_FILE_TOO_LARGE');
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemErrorCode(error) === 'ENOENT') throw new AppError('SOURCE_NOT_FOUND', { path }, { cause: error });
    throw new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * Writes a secret to a new file that only the user can read, whole or not at all. Never over another file: it may be
 * the only copy of a key. Throws `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`.
 */
export async function writeSecretFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    // Claims the name first: two exports to one place cannot overwrite each other.
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw new AppError('OUTPUT_EXISTS', { path }, { cause: error });
    throw new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(path, { force: true });
    const known = asStorageError(error);
    if (known instanceof AppError) throw known;
    throw new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** The core may run in another folder than whoever asks. Throws `BAD_INPUT` for a relative path. */
export function absolutePath(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new AppError('BAD_INPUT', { reason: 'the path must be absolute' });
  }
  return path;
}
