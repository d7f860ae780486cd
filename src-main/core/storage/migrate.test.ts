import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { latestDatabaseVersion, migrate, migrations, readPragma, type Migration } from './migrate.ts';
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

  it('put the files of releases into runs, each where it was', () => {
    using sqlite = new DatabaseSync(':memory:');
    const before = migrations.filter(({ version }) => version < 13);
    migrate(sqlite, before);
    sqlite.exec(`INSERT INTO apps (app_id, name, token, created_at_ms) VALUES ('com.example.app', 'App', 't', 1)`);
    const release = sqlite.prepare(
      `INSERT INTO releases (release_id, app_id, version, state, checksum, blob_sha256, size_bytes, file_count, raw_bytes,
                             findings_json, timings_json, created_at_ms)
       VALUES (?1, 'com.example.app', ?1, 'ready', '', 'zip ' || ?1, 1, 1, 1, '[]', '{}', 1)`,
    );
    const file = sqlite.prepare(
      `INSERT INTO release_files (release_id, path, sha256, size_bytes, is_brotli, body_sha256, body_bytes, holder_sha256,
                                  holder_offset, sealed_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const expected = new Map<string, unknown[]>();
    for (const releaseId of ['a', 'b']) {
      release.run(releaseId);
      const rows = Array.from({ length: 600 }, (_, index) => `icons/${String(index).padStart(3, '0')}.svg`);
      for (const [index, path] of rows.entries()) {
        const content = String(index).padStart(64, '0');
        const body = index % 4 === 0 ? null : String(index).padStart(64, 'b');
        const holder = body === null ? null : index % 2 === 0 ? `zip ${releaseId}` : 'pack';
        const seal = index % 3 === 0 ? 'seal' : null;
        const bytes = body === null ? null : 7;
        file.run(releaseId, path, content, index, index % 2, body, bytes, holder, body === null ? null : index, seal);
      }
      expected.set(
        releaseId,
        sqlite.prepare('SELECT * FROM release_files WHERE release_id = ? ORDER BY path').all(releaseId),
      );
    }
    migrate(sqlite);
    for (const [releaseId, rows] of expected) {
      const found = sqlite
        .prepare(
          `SELECT s.release_id, f.path, f.sha256, f.size_bytes, f.is_brotli, f.body_sha256, f.body_bytes,
                  iif(f.body_sha256 IS NULL, NULL, coalesce(f.holder_sha256, r.blob_sha256)) AS holder_sha256,
                  f.holder_offset, f.sealed_hash
           FROM release_runs s JOIN run_files f USING (run_id) JOIN releases r USING (release_id)
           WHERE s.release_id = ? ORDER BY s.first_path, f.place`,
        )
        .all(releaseId);
      expect(found).toEqual(rows);
    }
    const keyed = sqlite
      .prepare('SELECT count(*) AS n FROM file_keys k JOIN run_files f ON f.run_id = k.run_id AND f.place = k.place')
      .get();
    // Each content, and the three in four that have a body, which is another here.
    expect(keyed).toEqual({ n: 2 * (600 + 450) });
    expect(tables(sqlite)).not.toContain('release_files');
  });
});
