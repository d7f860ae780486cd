import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { skipLoudly } from '#test/helpers/programs.ts';

import { AppError } from '../app-error.ts';
import { databaseFileName, openDatabase } from './database.ts';
import { latestDatabaseVersion } from './migrate.ts';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-db-'));
  path = join(dir, databaseFileName);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'no error';
}

/** Settings stand for any table: a key and a text. */
function put(database: ReturnType<typeof openDatabase>, key: string): void {
  database.run('INSERT INTO settings (key, value_json) VALUES (?, ?)', key, '1');
}
function keys(database: ReturnType<typeof openDatabase>): string[] {
  return database.all<{ key: string }>('SELECT key FROM settings ORDER BY key').map(({ key }) => key);
}

describe('opening a database', () => {
  it('makes one, and opens it again with what it held', () => {
    {
      using database = openDatabase(path, dir);
      put(database, 'a');
    }
    using again = openDatabase(path, dir);
    expect(keys(again)).toEqual(['a']);
  });

  it('refuses one of a newer program and leaves its bytes and its time as they were', async () => {
    openDatabase(path, dir)[Symbol.dispose]();
    const newer = new DatabaseSync(path);
    newer.exec(`CREATE TABLE of_the_future (x); PRAGMA user_version = ${latestDatabaseVersion + 1};`);
    newer.close();
    const past = new Date('2026-01-02T03:04:05Z');
    await utimes(path, past, past);
    const before = await readFile(path);
    const namesBefore = await readdir(dir);

    expect(codeOf(() => openDatabase(path, dir))).toBe('DATABASE_TOO_NEW');

    expect(await readFile(path)).toEqual(before);
    expect((await stat(path)).mtimeMs).toBe(past.getTime());
    expect(await readdir(dir)).toEqual(namesBefore);
  });

  it('names both formats when it refuses a newer one', () => {
    openDatabase(path, dir)[Symbol.dispose]();
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99;');
    newer.close();
    expect(() => openDatabase(path, dir)).toThrow(
      expect.objectContaining({ params: { dataDir: dir, found: 99, known: latestDatabaseVersion } }) as Error,
    );
  });

  it('refuses the SQLite file of another program untouched', async () => {
    const foreign = new DatabaseSync(path);
    foreign.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);');
    foreign.close();
    const before = await readFile(path);
    expect(codeOf(() => openDatabase(path, dir))).toBe('DATABASE_DAMAGED');
    expect(await readFile(path)).toEqual(before);
  });

  it.each([
    ['is no database at all', () => Buffer.from('not a database, but long enough to be looked at'.repeat(40))],
    ['has a broken header', (bytes: Buffer) => Buffer.concat([Buffer.alloc(100, 7), bytes.subarray(100)])],
    ['was cut off', (bytes: Buffer) => bytes.subarray(0, 5000)],
    [
      'has its schema overwritten',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0xee)]),
    ],
  ])('says that a file is damaged which %s, and keeps it', async (_, damage) => {
    openDatabase(path, dir)[Symbol.dispose]();
    const damaged = damage(await readFile(path));
    await writeFile(path, damaged);
    expect(codeOf(() => openDatabase(path, dir))).toBe('DATABASE_DAMAGED');
    expect(await readFile(path)).toEqual(damaged);
  });

  it('takes an empty file for a new database', async () => {
    await writeFile(path, '');
    using database = openDatabase(path, dir);
    expect(keys(database)).toEqual([]);
  });

  it('says that a folder cannot be written', async (context) => {
    if (process.platform === 'win32') skipLoudly(context, 'Windows has no permission bits for this');
    if (process.getuid?.() === 0) skipLoudly(context, 'root may write everywhere');
    await chmod(dir, 0o500);
    try {
      expect(codeOf(() => openDatabase(path, dir))).toBe('DATA_FOLDER_READ_ONLY');
    } finally {
      await chmod(dir, 0o700);
    }
  });

  it('says that a folder which is not there cannot be written', () => {
    const missing = join(dir, 'missing');
    expect(codeOf(() => openDatabase(join(missing, databaseFileName), missing))).toBe('DATA_FOLDER_READ_ONLY');
  });
});

describe('transactions', () => {
  it('roll everything back when the work throws, and leave the database usable', () => {
    using database = openDatabase(path, dir);
    expect(() =>
      database.transaction(() => {
        put(database, 'a');
        throw new Error('no');
      }),
    ).toThrow('no');
    put(database, 'b');
    expect(keys(database)).toEqual(['b']);
  });

  it('undo only the inner work when the outer one catches its failure', () => {
    using database = openDatabase(path, dir);
    database.transaction(() => {
      put(database, 'outer');
      try {
        database.transaction(() => {
          put(database, 'inner');
          throw new Error('no');
        });
      } catch {
        put(database, 'after');
      }
    });
    expect(keys(database)).toEqual(['after', 'outer']);
  });

  it('say that the disk is full, and keep what was there (a page limit stands for the disk)', () => {
    using database = openDatabase(path, dir);
    put(database, 'before');
    const { page_count: pages } = database.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 };
    database.get(`PRAGMA max_page_count = ${pages + 2}`);
    const fill = (): void =>
      database.transaction(() => {
        for (let index = 0; index < 100; index += 1) {
          database.run('INSERT INTO settings (key, value_json) VALUES (?, ?)', `k${index}`, 'x'.repeat(4000));
        }
      });
    expect(codeOf(fill)).toBe('DISK_FULL');
    expect(keys(database)).toEqual(['before']);
    database.get('PRAGMA max_page_count = 1000000');
    fill();
    expect(keys(database)).toHaveLength(101);
  });
});

describe('queued writes', () => {
  it('are committed together and in their order', async () => {
    using database = openDatabase(path, dir);
    const order: number[] = [];
    const writes = Array.from({ length: 50 }, (_, index) =>
      database.enqueueWrite(() => {
        put(database, String(index).padStart(2, '0'));
        order.push(index);
        return index;
      }),
    );
    expect(keys(database)).toEqual([]);
    expect(await Promise.all(writes)).toEqual(order);
    expect(keys(database)).toHaveLength(50);
  });

  it('fail alone: the others of the group are committed', async () => {
    using database = openDatabase(path, dir);
    const good = database.enqueueWrite(() => put(database, 'a'));
    const bad = database.enqueueWrite(() => {
      put(database, 'half');
      throw new Error('no');
    });
    const alsoGood = database.enqueueWrite(() => put(database, 'b'));
    await expect(bad).rejects.toThrow('no');
    await Promise.all([good, alsoGood]);
    expect(keys(database)).toEqual(['a', 'b']);
  });

  it('are all refused when the commit fails, so that nothing is acknowledged', async () => {
    using database = openDatabase(path, dir);
    const { page_count: pages } = database.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 };
    database.get(`PRAGMA max_page_count = ${pages + 1}`);
    const writes = Array.from({ length: 20 }, (_, index) =>
      database.enqueueWrite(() =>
        database.run('INSERT INTO settings (key, value_json) VALUES (?, ?)', `k${index}`, 'x'.repeat(8000)),
      ),
    );
    const results = await Promise.allSettled(writes);
    const kept = results.filter(({ status }) => status === 'fulfilled').length;
    expect(keys(database)).toHaveLength(kept);
    expect(kept).toBeLessThan(20);
  });

  it('are committed by closing', () => {
    {
      using database = openDatabase(path, dir);
      void database.enqueueWrite(() => put(database, 'a'));
    }
    using again = openDatabase(path, dir);
    expect(keys(again)).toEqual(['a']);
  });

  it('are refused after the end, and no timer throws then', async () => {
    const database = openDatabase(path, dir);
    database[Symbol.dispose]();
    await expect(database.enqueueWrite(() => put(database, 'a'))).rejects.toThrow('the database is closed');
    using again = openDatabase(path, dir);
    // Committed by the same timer, after those of the closed one.
    await again.enqueueWrite(() => put(again, 'b'));
    expect(keys(again)).toEqual(['b']);
  });

  it('get into the file itself while the database is used, and closing leaves nothing beside it', async () => {
    {
      using database = openDatabase(path, dir);
      const write = (): Promise<void> => database.enqueueWrite(() => put(database, randomUUID()));
      await database.enqueueWrite(() => put(database, 'the first of many'));
      const isInFile = async (): Promise<boolean> => {
        await Promise.all(Array.from({ length: 100 }, write));
        return (await readFile(path)).includes('the first of many');
      };
      await expect.poll(isInFile, { interval: 10 }).toBe(true);
      // Some may be on their way when it closes.
      await Promise.all(Array.from({ length: 500 }, write));
    }
    expect(await readdir(dir)).toEqual([databaseFileName]);
  });

  it('survive a kill once they were acknowledged', async () => {
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)};
      const database = openDatabase(${JSON.stringify(path)}, ${JSON.stringify(dir)});
      for (let index = 0; ; index += 1) {
        await database.enqueueWrite(() => database.run('INSERT INTO settings VALUES (?, ?)', 'k' + index, '1'));
        process.stdout.write(index + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      acknowledged += text;
      // Late enough for some to be moved from the log to the file meanwhile.
      if (acknowledged.length > 4000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const count = acknowledged.split('\n').length - 1;
    expect(count).toBeGreaterThan(10);
    using database = openDatabase(path, dir);
    const kept = new Set(keys(database));
    for (let index = 0; index < count; index += 1) expect(kept).toContain(`k${index}`);
  });
});
