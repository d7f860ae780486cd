import type { DatabaseSync } from 'node:sqlite';

import { initialMigration } from './migrations/0001-initial.ts';
import { keysMigration } from './migrations/0003-keys.ts';
import { channelsMigration } from './migrations/0004-channels.ts';
import { releaseFilesMigration } from './migrations/0005-release-files.ts';
import { watchesMigration } from './migrations/0006-watches.ts';
import { keyRotationsMigration } from './migrations/0007-key-rotations.ts';
import { figuresMigration } from './migrations/0008-figures.ts';
import { virtualDevicesMigration } from './migrations/0009-virtual-devices.ts';
import { sharedTracesMigration } from './migrations/0011-shared-traces.ts';
import { codedSentencesMigration } from './migrations/0012-coded-sentences.ts';
import { fileRunsMigration } from './migrations/0013-file-runs.ts';

/**
 * Forward only, in order of their numbers; each runs in a transaction of its own. Numbers are given out to branches that
 * are worked on at the same time, so there may be gaps, and one may be filled when later ones have run already: which
 * have run is therefore written down one by one.
 */
export const migrations: readonly Migration[] = [
  initialMigration,
  keysMigration,
  channelsMigration,
  releaseFilesMigration,
  watchesMigration,
  keyRotationsMigration,
  figuresMigration,
  virtualDevicesMigration,
  sharedTracesMigration,
  codedSentencesMigration,
  fileRunsMigration,
];

export type Migration = { readonly version: number; readonly sql: string };

/** "Slip" in ASCII: tells our files from any other SQLite database. */
export const APPLICATION_ID = 0x53_6c_69_70;

export const latestDatabaseVersion = Math.max(...migrations.map(({ version }) => version));

/** Run by programs that did not write down which migrations had run; their `user_version` is the last of them. */
const BEFORE_THE_LIST = [1, 3] as const;

/** Brings a database to what this program knows. Throws what SQLite throws; a failed migration leaves nothing behind. */
export function migrate(sqlite: DatabaseSync, known: readonly Migration[] = migrations): void {
  const applied = appliedVersions(sqlite);
  let latest = readPragma(sqlite, 'user_version');
  const due = known.filter(({ version }) => !applied.has(version)).toSorted((a, b) => a.version - b.version);
  for (const migration of due) {
    sqlite.exec('BEGIN IMMEDIATE');
    try {
      sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY) STRICT');
      for (const version of [...applied, migration.version]) {
        sqlite.exec(`INSERT OR IGNORE INTO migrations (version) VALUES (${version})`);
      }
      sqlite.exec(migration.sql);
      latest = Math.max(latest, migration.version);
      sqlite.exec(`PRAGMA user_version = ${latest}; PRAGMA application_id = ${APPLICATION_ID};`);
      sqlite.exec('COMMIT');
      applied.add(migration.version);
    } catch (error) {
      // A full disk may already have rolled back by itself; a second ROLLBACK would then hide the cause.
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
      throw error;
    }
  }
}

function appliedVersions(sqlite: DatabaseSync): Set<number> {
  const hasList = sqlite.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'`).get();
  if (hasList === undefined) {
    const last = readPragma(sqlite, 'user_version');
    return new Set(BEFORE_THE_LIST.filter((version) => version <= last));
  }
  const rows = sqlite.prepare('SELECT version FROM migrations').all() as { version: number }[];
  return new Set(rows.map(({ version }) => version));
}

export function readPragma(sqlite: DatabaseSync, name: 'user_version' | 'application_id'): number {
  const row = sqlite.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}
