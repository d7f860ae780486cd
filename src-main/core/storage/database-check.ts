import type { Database } from './database.ts';

const NAMED_PROBLEMS = 5;

/** What SQLite finds wrong with the database, in its own words; empty when it is sound. */
export function findDatabaseProblems(database: Database): string[] {
  const rows = database.all<{ quick_check: string }>(`PRAGMA quick_check(${NAMED_PROBLEMS})`);
  return rows.map((row) => row.quick_check).filter((words) => words !== 'ok');
}
