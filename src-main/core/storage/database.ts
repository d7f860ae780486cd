import { statSync } from 'node:fs';
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

import { AppError, asStorageError, reasonOf, systemErrorCode } from '../app-error.ts';
import { createCheckpoints, type Checkpoints } from './checkpoints.ts';
import { APPLICATION_ID, latestDatabaseVersion, migrate, readPragma } from './migrate.ts';

/** The database's file within the data folder. */
export const databaseFileName = 'slipway.sqlite';

export type Row = Record<string, SQLInputValue>;

/** The one door to SQLite. Repositories in this folder are its only callers. */
export type Database = Disposable & {
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly lastInsertRowid: number };
  /** First row or undefined. Rows are trusted: only our own migrations shape them. */
  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined;
  all<T>(sql: string, ...values: SQLInputValue[]): T[];
  /** Runs `work` in one transaction; a throw rolls everything back. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /**
   * Runs `work` together with what else is queued within a few milliseconds, in one transaction, as soon as a turn of
   * the event loop brings nothing more: a device that is alone does not wait for company. Resolves after the commit, so what is acknowledged then survives a kill; a loss of power may take what was written
   * in the seconds before it. One failing work rolls back only itself.
   * @param weight how much it writes beside what a device writes: see `BULK_WEIGHT`
   */
  enqueueWrite<T>(work: () => T, weight?: number): Promise<T>;
  /** Commits what is queued now. */
  flush(): void;
  /** Copies everything committed into a new file, while it is used. */
  copyTo(path: string): Promise<void>;
};

type Queued = {
  readonly work: () => unknown;
  readonly weight: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
};

/** Copied in one go: 4 MB, then others have their turn. */
const COPY_PAGES = 1000;

/**
 * Of a few milliseconds of nothing but rows: in eight of these turns the log grows as it does with two hundred devices,
 * after which it is time for a checkpoint.
 */
export const BULK_WEIGHT = 25;

/** How long a queued write waits for company at most. */
const GROUP_MS = 3;

/**
 * Pages of 4 KiB in the log after which whoever commits makes a checkpoint itself: what queued writes leave there is
 * moved long before, elsewhere (see `createCheckpoints`).
 */
const OWN_CHECKPOINT_PAGES = 8_000;

/**
 * Opens and migrates the database of a data folder.
 * Throws `DATABASE_TOO_NEW` (file untouched), `DATABASE_DAMAGED`, `DATA_FOLDER_READ_ONLY`, `DISK_FULL`.
 */
export function openDatabase(path: string, dataDir: string): Database {
  let sqlite: DatabaseSync | undefined;
  try {
    refuseForeignOrNewer(path, dataDir);
    sqlite = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });
    sqlite.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;
       PRAGMA wal_autocheckpoint = ${OWN_CHECKPOINT_PAGES};`,
    );
    migrate(sqlite);
    return wrap(sqlite, createCheckpoints(path));
  } catch (error) {
    sqlite?.close();
    throw describeOpenFailure(error, dataDir);
  }
}

/** Looks before anything is locked or made: a newer program's file, and the folder around it, stay as they are. */
function refuseForeignOrNewer(path: string, dataDir: string): void {
  let probe: DatabaseSync;
  try {
    probe = new DatabaseSync(probeUrl(path), { readOnly: true });
  } catch (error) {
    // SQLite says "unable to open" both for a missing file (then we make it) and for one we may not read (then opening fails below).
    if (/unable to open/.test(reasonOf(error)) || systemErrorCode(error) === 'ERR_SQLITE_ERROR') return;
    throw error;
  }
  try {
    const found = readPragma(probe, 'user_version');
    if (found > latestDatabaseVersion) {
      throw new AppError('DATABASE_TOO_NEW', { dataDir, found, known: latestDatabaseVersion });
    }
    const tables = probe.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
    if (tables.n > 0 && readPragma(probe, 'application_id') !== APPLICATION_ID) {
      throw new AppError('DATABASE_DAMAGED', { dataDir, reason: 'it is not a Slipway database' });
    }
  } finally {
    probe.close();
  }
}

/**
 * Even a read-only connection leaves `-wal` and `-shm` files beside a database in WAL mode, unless told that nobody
 * changes it. A log that is there may hold what the file does not say yet, so it is then read the usual way.
 */
function probeUrl(path: string): URL {
  const url = pathToFileURL(path);
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (!log || log.size === 0) url.searchParams.set('immutable', '1');
  return url;
}

function describeOpenFailure(error: unknown, dataDir: string): unknown {
  if (error instanceof AppError) return error;
  const storageError = asStorageError(error);
  if (storageError instanceof AppError) return storageError;
  const message = error instanceof Error ? error.message : '';
  if (/readonly|read-only|unable to open/.test(message)) {
    return new AppError('DATA_FOLDER_READ_ONLY', { dataDir }, { cause: error });
  }
  return new AppError('DATABASE_DAMAGED', { dataDir, reason: reasonOf(error) }, { cause: error });
}

function wrap(sqlite: DatabaseSync, checkpoints: Checkpoints): Database {
  const statements = new Map<string, StatementSync>();
  let depth = 0;
  let queue: Queued[] = [];
  let turn: NodeJS.Immediate | undefined;
  /** Of the group that is being gathered: since when, and how many there were a turn ago. */
  let sinceMs = 0;
  let counted = 0;
  let isClosed = false;

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (!statement) {
      statement = sqlite.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  function transaction<T>(work: () => T): T {
    if (depth > 0) return savepoint(work);
    prepare('BEGIN IMMEDIATE').run();
    depth += 1;
    try {
      const value = work();
      prepare('COMMIT').run();
      return value;
    } catch (error) {
      // A full disk may already have rolled back by itself; a second ROLLBACK would then hide the cause.
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
      throw asStorageError(error);
    } finally {
      depth -= 1;
    }
  }

  function savepoint<T>(work: () => T): T {
    const name = `s${depth}`;
    prepare(`SAVEPOINT ${name}`).run();
    depth += 1;
    try {
      const value = work();
      prepare(`RELEASE ${name}`).run();
      return value;
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      depth -= 1;
    }
  }

  /**
   * In WAL mode both survive the death of the process; NORMAL does not wait for the disk, so that a loss of power may
   * take the last commits (never a part of one). FULL waits, also for what went before.
   */
  function setSync(level: 'NORMAL' | 'FULL'): void {
    // Not to be changed within a transaction.
    if (depth === 0) prepare(`PRAGMA synchronous = ${level}`).run();
  }

  function gather(): void {
    const isGrowing = queue.length > counted;
    counted = queue.length;
    if (isGrowing && performance.now() - sinceMs < GROUP_MS) turn = setImmediate(gather);
    else flush();
  }

  function flush(): void {
    clearImmediate(turn);
    turn = undefined;
    counted = 0;
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    const settle: (() => void)[] = [];
    try {
      setSync('NORMAL');
      transaction(() => {
        for (const { work, resolve, reject } of batch) {
          try {
            const value = savepoint(work);
            settle.push(() => resolve(value as never));
          } catch (error) {
            if (!sqlite.isTransaction) throw error;
            settle.push(() => reject(error));
          }
        }
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    } finally {
      setSync('FULL');
    }
    for (const act of settle) act();
    checkpoints.noteWrites(batch.reduce((sum, { weight }) => sum + weight, 0));
  }

  return {
    run(sql, ...values) {
      try {
        const { changes, lastInsertRowid } = prepare(sql).run(...values);
        return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
      } catch (error) {
        throw asStorageError(error);
      }
    },
    get: <T>(sql: string, ...values: SQLInputValue[]) => prepare(sql).get(...values) as T | undefined,
    all: <T>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as T[],
    transaction,
    enqueueWrite<T>(work: () => T, weight = 1) {
      // Timers of downloads that ended a moment ago come after the end; a timer of ours must not throw then.
      if (isClosed) return Promise.reject(new Error('the database is closed'));
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      queue.push({ work, weight, resolve, reject });
      if (!turn) {
        sinceMs = performance.now();
        turn = setImmediate(gather);
      }
      return promise;
    },
    flush,
    async copyTo(path) {
      flush();
      try {
        await backup(sqlite, path, { rate: COPY_PAGES });
      } catch (error) {
        throw asStorageError(error);
      }
    },
    [Symbol.dispose]() {
      flush();
      isClosed = true;
      checkpoints.close();
      statements.clear();
      sqlite.close();
    },
  };
}
