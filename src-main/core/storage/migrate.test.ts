import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { latestDatabaseVersion, migrate, readPragma, type Migration } from './migrate.ts';
import { initialMigration } from './migrations/0001-initial.ts';
import { keysMigration } from './migrations/0003-keys.ts';

const one: Migration = { version: 1, sql: 'CREATE TABLE one (x INTEGER) STRICT' };
const four: Migration = { version: 4, sql: 'CREATE TABLE four (x INTEGER) STRICT' };
const eight: Migration = { version: 8, sql: 'CREATE TABLE eight (x INTEGER) STRICT' };

function tables(sqlite: DatabaseSync): string[] {
  const rows = sqlite.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  return (rows as { name: string }[]).map(({ name }) => name);
}

describe('migrations', () => {
  it('run once each, in the order of their numbers', () => {
    using sqlite = new DatabaseSync(':memory:');
    migrate(sqlite, [eight, one]);
    migrate(sqlite, [eight, one]);
    expect(tables(sqlite)).toEqual(['eight', 'migrations', 'one']);
    expect(readPragma(sqlite, 'user_version')).toBe(8);
  });

  it('fill a gap that was left when later ones ran', () => {
    using sqlite = new DatabaseSync(':memory:');
    migrate(sqlite, [one, eight]);
    migrate(sqlite, [one, four, eight]);
    expect(tables(sqlite)).toEqual(['eight', 'four', 'migrations', 'one']);
    expect(readPragma(sqlite, 'user_version')).toBe(8);
  });

  it('leave nothing of one that fails, and go on from there', () => {
    using sqlite = new DatabaseSync(':memory:');
    const broken: Migration = { version: 4, sql: 'CREATE TABLE four (x INTEGER) STRICT; CREATE TABLE nonsense (' };
    expect(() => migrate(sqlite, [one, broken, eight])).toThrow('incomplete input');
    expect(tables(sqlite)).toEqual(['migrations', 'one']);
    expect(readPragma(sqlite, 'user_version')).toBe(1);
    migrate(sqlite, [one, four, eight]);
    expect(tables(sqlite)).toEqual(['eight', 'four', 'migrations', 'one']);
  });

  it('go on from a database of a program that kept no list of them', () => {
    using sqlite = new DatabaseSync(':memory:');
    sqlite.exec(initialMigration.sql);
    sqlite.exec(keysMigration.sql);
    sqlite.exec('PRAGMA user_version = 3');
    sqlite.exec(`INSERT INTO apps (app_id, name, token, created_at_ms) VALUES ('com.example.app', 'App', 't', 1)`);
    migrate(sqlite);
    expect(readPragma(sqlite, 'user_version')).toBe(latestDatabaseVersion);
    migrate(sqlite, [initialMigration, keysMigration, { version: 2, sql: 'CREATE TABLE two (x INTEGER) STRICT' }]);
    expect(tables(sqlite)).toContain('two');
    expect(sqlite.prepare('SELECT app_id FROM apps').all()).toHaveLength(1);
  });
});
