import { access, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '../app-error.ts';
import { databaseFileName } from './database.ts';
import { latestDatabaseVersion } from './migrate.ts';

const LOCK_FILE = 'lock.sqlite';

/** Offset of `user_version` in a SQLite file, big-endian. Source: sqlite.org/fileformat.html §1.3. */
const USER_VERSION_OFFSET = 60;
const SQLITE_MAGIC = 'SQLite format 3\0';

/**
 * Makes this program the only one that works on the data folder, until disposed or until the process ends, however it
 * ends. Null: another program holds it. Throws `DATA_FOLDER_READ_ONLY`, `DATA_FOLDER_UNUSABLE`, `DISK_FULL`.
 *
 * The lock is the operating system's own, taken by SQLite for a transaction that stays open: no process ids that go
 * stale (docs/adr/0004). The file stays empty and is never written.
 */
export function lockDataFolder(dataDir: string): Disposable | null {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: 0 });
    // The journal in memory: a killed program then leaves no journal file that the next one would have to look into.
    sqlite.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite?.close();
    if (/locked|busy/i.test(messageOf(error))) return null;
    throw describeLockFailure(error, dataDir);
  }
  const held = sqlite;
  return {
    [Symbol.dispose]() {
      if (held.isOpen) held.close();
    },
  };
}

/**
 * Looks at the first bytes of the database only, before anything in the folder is made or locked: a folder of a newer
 * program stays as it is. Rejects with `DATABASE_TOO_NEW`.
 */
export async function refuseNewerDataFolder(dataDir: string): Promise<void> {
  const header = await readHeader(join(dataDir, databaseFileName));
  if (!header || header.toString('latin1', 0, SQLITE_MAGIC.length) !== SQLITE_MAGIC) return;
  const found = header.readInt32BE(USER_VERSION_OFFSET);
  if (found > latestDatabaseVersion) {
    throw new AppError('DATABASE_TOO_NEW', { dataDir, found, known: latestDatabaseVersion });
  }
}

/** What is cleared or swept at every start: nothing of it may be somebody else's. */
const OWN_FOLDERS = ['staging', 'blobs'] as const;

/**
 * Refuses a folder that holds files where ours would be but never had a database, which a data folder gets first:
 * they are somebody else's, or a store whose database was lost, and starting would delete them.
 * Rejects with `DATA_FOLDER_UNUSABLE`.
 */
export async function refuseForeignDataFolder(dataDir: string): Promise<void> {
  if (await isThere(join(dataDir, databaseFileName))) return;
  // A restore that was killed while it took its place: opening the folder goes on with it.
  if (await isThere(join(dataDir, 'restore.json'))) return;
  for (const name of OWN_FOLDERS) {
    if (!(await isEmptyOrMissing(join(dataDir, name)))) {
      throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: `it has a ${name} folder but no database` });
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    // What cannot be looked at is there, too.
    return systemErrorCode(error) !== 'ENOENT';
  }
}

async function isEmptyOrMissing(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    return systemErrorCode(error) === 'ENOENT';
  }
}

async function readHeader(path: string): Promise<Buffer | null> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    return bytesRead === 100 ? buffer : null;
  } catch {
    // Missing or unreadable: opening the database says what is wrong with it.
    return null;
  }
}

function describeLockFailure(error: unknown, dataDir: string): unknown {
  const storageError = asStorageError(error);
  if (storageError instanceof AppError) return storageError;
  if (/readonly|read-only|unable to open|attempt to write/i.test(messageOf(error)) || isDenied(error)) {
    return new AppError('DATA_FOLDER_READ_ONLY', { dataDir }, { cause: error });
  }
  return new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: reasonOf(error) }, { cause: error });
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(error) ?? '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
