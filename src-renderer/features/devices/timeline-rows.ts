import type { Activity } from '#contract/models/activity.ts';

/**
 * By when it happened, newest first, each row once. What arrived live is newer than what was fetched; a report that lay
 * on the device for days has its place among the rows of its day (protocol/clients.md §7.2).
 */
export function mergeTimeline(fetched: readonly Activity[], live: ReadonlyMap<number, Activity>): readonly Activity[] {
  const rows = new Map(fetched.map((row) => [row.id, row]));
  for (const [id, row] of live) rows.set(id, row);
  return [...rows.values()].toSorted((a, b) => Date.parse(b.happenedAt) - Date.parse(a.happenedAt) || b.id - a.id);
}

export type Day = { readonly key: string; readonly distance: number; readonly rows: readonly Activity[] };

/** Rows of one day of the person's calendar together; `distance` is days before today. */
export function groupByDay(rows: readonly Activity[], nowMs: number): readonly Day[] {
  const days: { key: string; distance: number; rows: Activity[] }[] = [];
  const today = startOfDay(new Date(nowMs));
  for (const row of rows) {
    const day = startOfDay(new Date(row.happenedAt));
    const key = `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
    const last = days.at(-1);
    if (last?.key === key) last.rows.push(row);
    // Rounded: a day with a change of the clock has 23 or 25 hours.
    else days.push({ key, distance: Math.round((today.getTime() - day.getTime()) / 86_400_000), rows: [row] });
  }
  return days;
}

function startOfDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}
