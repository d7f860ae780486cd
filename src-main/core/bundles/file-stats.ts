import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { sep } from 'node:path';

import { reasonOf } from '../app-error.ts';

const kinds = ['file', 'folder', 'link', 'other'] as const;

/** Another value of any of these means that a file is not the same any more, whatever its size and time. */
export type FileIdentity = {
  readonly device: number;
  readonly fileNumber: number;
  /** When anything about it changed last, in milliseconds. */
  readonly changedMs: number;
};

/** What the file system says of a name in a folder, without following it. */
export type FileStats =
  | (FileIdentity & {
      readonly kind: (typeof kinds)[number];
      readonly sizeBytes: number;
      readonly modifiedMs: number;
      readonly mode: number;
    })
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
  const base = directory + sep;
  let at = 0;
  for (const name of names) {
    try {
      const stats = lstatSync(base + name);
      numbers[at] = kinds.indexOf(kindOf(stats));
      numbers[at + 1] = stats.size;
      numbers[at + 2] = stats.mtimeMs;
      numbers[at + 3] = stats.ctimeMs;
      numbers[at + 4] = stats.dev;
      numbers[at + 5] = stats.ino;
      numbers[at + 6] = stats.mode;
    } catch (error) {
      failures.push({ index: at / NUMBERS, reason: reasonOf(error) });
    }
    at += NUMBERS;
  }
  return { numbers, failures };
}

export function unpackStats({ numbers, failures }: FoundStats): FileStats[] {
  const found: FileStats[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    found.push({
      kind: kinds[numbers[at] ?? 0] ?? 'other',
      sizeBytes: compact(numbers[at + 1]),
      modifiedMs: numbers[at + 2] ?? 0,
      changedMs: numbers[at + 3] ?? 0,
      device: compact(numbers[at + 4]),
      fileNumber: compact(numbers[at + 5]),
      mode: compact(numbers[at + 6]),
    });
  }
  for (const { index, reason } of failures) found[index] = { kind: 'unreadable', reason };
  return found;
}

/** The same number: what comes out of a row of floats takes memory of its own, what came through an integer does not. */
function compact(value = 0): number {
  const integer = value | 0;
  return integer === value ? integer : value;
}

export function toFileStats(stats: Stats): FileStats {
  const { size, mtimeMs, ctimeMs, dev, ino, mode } = stats;
  return {
    kind: kindOf(stats),
    sizeBytes: size,
    modifiedMs: mtimeMs,
    changedMs: ctimeMs,
    device: dev,
    fileNumber: ino,
    mode,
  };
}

function kindOf(stats: Stats): (typeof kinds)[number] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function unreadable(error: unknown): FileStats {
  return { kind: 'unreadable', reason: reasonOf(error) };
}
