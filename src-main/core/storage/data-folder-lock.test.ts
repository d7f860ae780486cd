import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lockDataFolder, refuseForeignDataFolder, refuseNewerDataFolder } from './data-folder-lock.ts';
import { databaseFileName } from './database.ts';
import { latestDatabaseVersion } from './migrate.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('lockDataFolder', () => {
  it('gives the folder to one program at a time', () => {
    const first = lockDataFolder(dataDir);
    expect(first).not.toBeNull();
    expect(lockDataFolder(dataDir)).toBeNull();
    first?.[Symbol.dispose]();
    const second = lockDataFolder(dataDir);
    expect(second).not.toBeNull();
    second?.[Symbol.dispose]();
  });

  it('may be released twice', () => {
    const lock = lockDataFolder(dataDir);
    lock?.[Symbol.dispose]();
    expect(() => lock?.[Symbol.dispose]()).not.toThrow();
  });

  it('writes nothing into the lock file', async () => {
    using _ = lockDataFolder(dataDir);
    expect((await stat(join(dataDir, 'lock.sqlite'))).size).toBe(0);
    expect(await readdir(dataDir)).toEqual(['lock.sqlite']);
  });

  it('is free again the moment its holder is killed', async () => {
    const script = `
      import { lockDataFolder } from ${JSON.stringify(new URL('data-folder-lock.ts', import.meta.url).href)};
      globalThis.held = lockDataFolder(process.argv[1]);
      process.stdout.write(globalThis.held ? 'held' : 'busy');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir]);
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('held');
    expect(lockDataFolder(dataDir)).toBeNull();

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    using lock = lockDataFolder(dataDir);
    expect(lock).not.toBeNull();
  });

  it('says so when the lock file is something else', async () => {
    await writeFile(join(dataDir, 'lock.sqlite'), 'this is no database, whatever its name says. '.repeat(30));
    expect(() => lockDataFolder(dataDir)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE' }));
  });

  it('says so when the folder cannot take a file', () => {
    expect(() => lockDataFolder(join(dataDir, 'missing'))).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_READ_ONLY' }),
    );
  });
});

describe('refuseNewerDataFolder', () => {
  it('takes an empty folder and one without a database', async () => {
    await expect(refuseNewerDataFolder(dataDir)).resolves.toBeUndefined();
    await expect(refuseNewerDataFolder(join(dataDir, 'missing'))).resolves.toBeUndefined();
    await writeFile(join(dataDir, databaseFileName), 'short');
    await expect(refuseNewerDataFolder(dataDir)).resolves.toBeUndefined();
  });

  it('refuses the database of a newer program and leaves it as it is', async () => {
    const path = join(dataDir, databaseFileName);
    const newer = latestDatabaseVersion + 1;
    const sqlite = new DatabaseSync(path);
    sqlite.exec(`CREATE TABLE t (a); PRAGMA user_version = ${newer}`);
    sqlite.close();
    const before = { bytes: await readFile(path), mtimeMs: (await stat(path)).mtimeMs };

    await expect(refuseNewerDataFolder(dataDir)).rejects.toMatchObject({
      code: 'DATABASE_TOO_NEW',
      params: { found: newer, known: latestDatabaseVersion },
    });
    expect(await readdir(dataDir)).toEqual([databaseFileName]);
    expect((await readFile(path)).equals(before.bytes)).toBe(true);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });

  it('takes a database of this program', async () => {
    const sqlite = new DatabaseSync(join(dataDir, databaseFileName));
    sqlite.exec(`CREATE TABLE t (a); PRAGMA user_version = ${latestDatabaseVersion}`);
    sqlite.close();
    await expect(refuseNewerDataFolder(dataDir)).resolves.toBeUndefined();
  });

  it('takes a folder where the name of the database is a folder, for opening to complain about', async () => {
    await mkdir(join(dataDir, databaseFileName));
    await expect(refuseNewerDataFolder(dataDir)).resolves.toBeUndefined();
  });
});

describe('refuseForeignDataFolder', () => {
  it('takes an empty folder, a missing one, one with other things, and one of ours', async () => {
    await expect(refuseForeignDataFolder(dataDir)).resolves.toBeUndefined();
    await expect(refuseForeignDataFolder(join(dataDir, 'missing'))).resolves.toBeUndefined();
    await mkdir(join(dataDir, 'staging'));
    await writeFile(join(dataDir, 'notes.txt'), 'mine');
    await expect(refuseForeignDataFolder(dataDir)).resolves.toBeUndefined();
    await writeFile(join(dataDir, 'staging', 'half'), 'ours');
    await writeFile(join(dataDir, databaseFileName), '');
    await expect(refuseForeignDataFolder(dataDir)).resolves.toBeUndefined();
  });

  it.each(['staging', 'blobs'])('refuses one whose %s folder would be cleared though it is not ours', async (name) => {
    await mkdir(join(dataDir, name, 'sub'), { recursive: true });
    await expect(refuseForeignDataFolder(dataDir)).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      params: { dataDir, reason: expect.stringContaining(name) as string },
    });
  });

  it.each(['staging', 'blobs'])('refuses one that has a file called %s', async (name) => {
    await writeFile(join(dataDir, name), 'mine');
    await expect(refuseForeignDataFolder(dataDir)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });
});
