import type { ReleaseDiff } from '#contract/models/delta.ts';

export type DiffKind = 'added' | 'changed' | 'removed';

export type DiffRow = {
  readonly kind: DiffKind;
  readonly path: string;
  readonly sizeBytes: number;
  /** Uncompressed size before, of a changed file. */
  readonly sizeBeforeBytes: number | null;
  readonly bodyBytes: number | null;
  /** What a device on the first release fetches for it. */
  readonly fetchedBytes: number | null;
};

/** The files that differ in one list: what a device fetches first, the heaviest first, then what goes. */
export function diffRows({ added, changed, removed }: ReleaseDiff, text = ''): DiffRow[] {
  const wanted = text.trim().toLowerCase();
  const rows: DiffRow[] = [
    ...added.map(({ deltaBytes, ...file }) => row('added', file, null, deltaBytes)),
    ...changed.map(({ deltaBytes, before, ...file }) => row('changed', file, before.sizeBytes, deltaBytes)),
    ...removed.map((file) => row('removed', file, null, null)),
  ];
  return rows
    .filter(({ path }) => path.toLowerCase().includes(wanted))
    .toSorted(
      (left, right) =>
        Number(left.kind === 'removed') - Number(right.kind === 'removed') ||
        (right.fetchedBytes ?? right.sizeBytes) - (left.fetchedBytes ?? left.sizeBytes) ||
        left.path.localeCompare(right.path),
    );
}

function row(
  kind: DiffKind,
  { path, sizeBytes, bodyBytes }: Pick<DiffRow, 'path' | 'sizeBytes' | 'bodyBytes'>,
  sizeBeforeBytes: number | null,
  fetchedBytes: number | null,
): DiffRow {
  return { kind, path, sizeBytes, sizeBeforeBytes, bodyBytes, fetchedBytes };
}
