import type { Activity } from '#contract/models/activity.ts';

/**
 * Rows in the order of their ids. Changed in place: a log of 100,000 rows that grows ten times a second
 * cannot be copied each time.
 */
export type Rows = Activity[];

/** Index of the first row whose id is `id` or greater. */
export function indexOfId(rows: readonly Activity[], id: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function findRow(rows: readonly Activity[], id: number): Activity | undefined {
  const row = rows[indexOfId(rows, id)];
  return row?.id === id ? row : undefined;
}

/** Puts a row where its id belongs; one with the same id gives way. */
export function putRow(rows: Rows, row: Activity): void {
  const last = rows.at(-1);
  if (last === undefined || last.id < row.id) {
    rows.push(row);
    return;
  }
  const index = indexOfId(rows, row.id);
  rows.splice(index, rows[index]?.id === row.id ? 1 : 0, row);
}

export function removeRow(rows: Rows, id: number): void {
  const index = indexOfId(rows, id);
  if (rows[index]?.id === id) rows.splice(index, 1);
}

/**
 * Which of two states of one row is the later one: an answer that was asked for and an event that came meanwhile
 * overtake each other. A download only gains bytes, and ends once.
 */
export function laterOf(known: Activity | undefined, incoming: Activity): Activity {
  if (known === undefined) return incoming;
  if (known.outcome !== 'running') return incoming.outcome === 'running' ? known : incoming;
  if (incoming.outcome !== 'running') return incoming;
  return (known.bytesSent ?? 0) > (incoming.bytesSent ?? 0) ? known : incoming;
}
