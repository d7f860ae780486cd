const NAMED_PROBLEMS = 5;

/** What SQLite finds wrong with a database, in its own words; empty when it is sound. Reads all of it. */
export function quickCheck(all: (sql: string) => unknown[]): string[] {
  const rows = all(`PRAGMA quick_check(${NAMED_PROBLEMS})`) as { readonly quick_check: string }[];
  return rows.map((row) => row.quick_check).filter((words) => words !== 'ok');
}
