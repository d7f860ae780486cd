import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { sep } from 'node:path';

import { reasonOf } from '../app-error.ts';

const kinds = ['file', 'folder', 'link', 'other'] as const;

/** What the file system says of a name in a folder, without following it. */
export type FileStats =
  | {
      readonly kind: (typeof kinds)[number];
      readonly sizeBytes: number;
      readonly modifiedMs: number;
      /** When anything about it changed last, in milliseconds. */
      readonly changedMs: number;
      /** Another value means that it is not the same file any more. */
      readonly identity: string;
      readonly mode: number;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Asks about names in a folder, all at once; the answers are in their order. */
export type ReadStats = (directory: string, names: readonly string[]) => Promise<readonly FileStats[]>;

/** Through the system's own threads: each name costs several times what it costs in a thread of the pool. */
export const readStats: ReadStats = (directory, names) =>
  Promise.all(names.map((name) => lstat(directory + sep + name).then(toFileStats, unreadable)));

/** The same as it crosses from a thread: numbers in a row, which travel without being copied. */
export type FoundStats = {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly failures: readonly { readonly index: number; readonly reason: string }[];
};

/** Kind, size, times of content and of anything, device, file number, mode. */
const NUMBERS = 7;

/** Runs in the pool's threads, where waiting for the disk holds up nobody. */
export function findStats(directory: string, names: readonly string[]): FoundStats {
  const numbers = new Float64Array(names.length * NUMBERS);
  const failures: { index: number; reason: string }[] = [];
  for (const [index, name] of names.entries()) {
    try {
      const stats = lstatSync(directory + sep + name);
      const { size, mtimeMs, ctimeMs, dev, ino, mode } = stats;
      numbers.set([kinds.indexOf(kindOf(stats)), size, mtimeMs, ctimeMs, dev, ino, mode], index * NUMBERS);
    } catch (error) {
      failures.push({ index, reason: reasonOf(error) });
    }
  }
  return { numbers, failures };
}

export function unpackStats({ numbers, failures }: FoundStats): FileStats[] {
  const found: FileStats[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [kind = 0, size = 0, mtimeMs = 0, ctimeMs = 0, dev = 0, ino = 0, mode = 0] = numbers.subarray(
      at,
      at + NUMBERS,
    );
    found.push({
      kind: kinds[kind] ?? 'other',
      sizeBytes: size,
      modifiedMs: mtimeMs,
      changedMs: ctimeMs,
      identity: identityOf({ dev, ino, ctimeMs }),
      mode,
    });
  }
  for (const { index, reason } of failures) found[index] = { kind: 'unreadable', reason };
  return found;
}

export function toFileStats(stats: Stats): FileStats {
  const { size, mtimeMs, ctimeMs, mode } = stats;
  return {
    kind: kindOf(stats),
    sizeBytes: size,
    modifiedMs: mtimeMs,
    changedMs: ctimeMs,
    identity: identityOf(stats),
    mode,
  };
}

function kindOf(stats: Stats): (typeof kinds)[number] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function identityOf({ dev, ino, ctimeMs }: Pick<Stats, 'dev' | 'ino' | 'ctimeMs'>): string {
  return `${dev}:${ino}:${ctimeMs}`;
}

function unreadable(error: unknown): FileStats {
  return { kind: 'unreadable', reason: reasonOf(error) };
}
