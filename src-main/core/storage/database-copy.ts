import { openDatabase, type Database } from './database.ts';
import { createStoredFiles } from './stored-files.ts';

/** What a copy of the database says of itself. */
export type CopyFacts = {
  readonly liveBlobs: string[];
  readonly apps: number;
  readonly releases: number;
  readonly keys: number;
};

/**
 * Opens a copy of a data folder's database, brought to this program's form. Throws as `openDatabase`, and when it holds
 * what only a stranger can have put there: code that SQLite would run by itself.
 */
export function openDatabaseCopy(path: string, dataDir: string): Database {
  const database = openDatabase(path, dataDir);
  const active = database.get<{ n: number }>(
    `SELECT count(*) AS n FROM sqlite_schema WHERE type IN ('trigger', 'view')`,
  );
  if (active?.n === 0) return database;
  database[Symbol.dispose]();
  throw new Error('the database has triggers or views, which none of ours has');
}

export function readCopyFacts(database: Database): CopyFacts {
  const count = (table: string): number => database.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
  return {
    liveBlobs: createStoredFiles(database).live(),
    apps: count('apps'),
    releases: count(`releases WHERE state = 'ready' AND deleted_at_ms IS NULL`),
    keys: count('keys'),
  };
}
