import { rm } from 'node:fs/promises';

import { visitInTurns } from '../visit-in-turns.ts';
import type { BuildFile } from './build-file.ts';
import type { DeflatePool } from './deflate-pool.ts';
import { type CancelFlag, type DeflatedEntry, type DeflateTask, LARGE_FILE_BYTES } from './deflate-protocol.ts';
import type { ReusablePack } from './pack-cache.ts';
import type { PackedEntry } from './packed-entry.ts';

/** A stretch of the bundle that is made in one go. */
export type PackUnit =
  | { readonly kind: 'batch'; readonly files: readonly BuildFile[]; readonly bytes: number }
  | { readonly kind: 'large'; readonly file: BuildFile; readonly spoolPath: string }
  /** Neighbours in an earlier zip, from the first one's header to the last one's end. Nothing is to be made. */
  | {
      readonly kind: 'reused';
      readonly entries: readonly PackedEntry[];
      readonly start: number;
      readonly end: number;
    };

/** `bytes`: of a batch, ready to be written. */
export type PackUnitResult = { readonly entries: readonly DeflatedEntry[]; readonly bytes: Uint8Array };

/** Small files of one request: enough to hide the way between threads, few enough to cancel within 100 ms. */
const BATCH_FILES = 128;
const BATCH_BYTES = 512 * 1024;
/** Entries of an earlier zip between two pieces of progress, unless one is larger. */
const REUSED_BYTES = 4 * 1024 * 1024;
/** Content that is being worked on or waits for its turn to be written. */
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** `files` in the order of the bundle; `out`: path of the zip, beside which large files are compressed. */
export async function planUnits(
  files: readonly BuildFile[],
  out: string,
  { reuse, signal }: { readonly reuse: ReusablePack | null; readonly signal: AbortSignal | undefined },
): Promise<PackUnit[]> {
  const units: PackUnit[] = [];
  let batch: BuildFile[] = [];
  let reused: PackedEntry[] = [];
  let bytes = 0;
  const endUnit = (): void => {
    const [first] = reused;
    if (batch.length > 0) units.push({ kind: 'batch', files: batch, bytes });
    if (first) units.push({ kind: 'reused', entries: reused, start: first.start, end: first.start + bytes });
    batch = [];
    reused = [];
    bytes = 0;
  };
  const add = (file: BuildFile): void => {
    const known = reuse?.find(file);
    if (known) {
      const length = known.end - known.start;
      const isNeighbour = reused.at(-1)?.end === known.start;
      if (!isNeighbour || bytes + length > REUSED_BYTES) endUnit();
      reused.push(known);
      bytes += length;
      return;
    }
    if (reused.length > 0) endUnit();
    const isLarge = file.sizeBytes > LARGE_FILE_BYTES;
    if (isLarge || batch.length >= BATCH_FILES || bytes + file.sizeBytes > BATCH_BYTES) endUnit();
    if (isLarge) {
      units.push({ kind: 'large', file, spoolPath: `${out}.${units.length}.part` });
    } else {
      batch.push(file);
      bytes += file.sizeBytes;
    }
  };
  await visitInTurns(files, add, { signal });
  endUnit();
  return units;
}

export type StartedUnit = { readonly unit: PackUnit; readonly result: Promise<PackUnitResult> };

export type LookAhead = {
  /** The next unit in the order of the bundle, started; work on those behind it is started as far as there is room. */
  next(): StartedUnit | undefined;
  isWritten(started: StartedUnit): void;
  /** Waits until no thread works on any of them, and removes their spool files. */
  abandon(): Promise<void>;
};

export function createLookAhead(units: readonly PackUnit[], pool: DeflatePool, cancel: CancelFlag): LookAhead {
  const started = new Map<PackUnit, StartedUnit>();
  const large = units.filter((unit) => unit.kind === 'large');
  /** Also those that are written: none is made twice. */
  const begun = new Set<PackUnit>();
  let nextIndex = 0;
  let startedIndex = 0;
  let nextLarge = 0;
  let bytesUnderWay = 0;

  function start(unit: PackUnit): StartedUnit {
    const known = started.get(unit);
    if (known) return known;
    const result = runUnit(unit, pool, cancel);
    // Awaited in order; until then a failure is not to count as unhandled.
    result.catch(() => undefined);
    const entry = { unit, result };
    started.set(unit, entry);
    begun.add(unit);
    bytesUnderWay += bytesOf(unit);
    return entry;
  }

  return {
    next() {
      // A large file takes longest: one that came last would keep one thread busy while the others rest.
      for (let unit = large[nextLarge]; unit && countLarge(started) < pool.size; unit = large[nextLarge]) {
        nextLarge += 1;
        if (!begun.has(unit)) start(unit);
      }
      const unit = units[nextIndex];
      if (!unit) return undefined;
      const first = start(unit);
      nextIndex += 1;
      startedIndex = Math.max(startedIndex, nextIndex);
      while (startedIndex < nextIndex + pool.size * 3 && bytesUnderWay < BYTES_IN_FLIGHT) {
        const following = units[startedIndex];
        if (!following) break;
        start(following);
        startedIndex += 1;
      }
      return first;
    },
    isWritten({ unit }) {
      started.delete(unit);
      bytesUnderWay -= bytesOf(unit);
    },
    async abandon() {
      // Threads may still read through the build's descriptor, which is closed after this.
      await Promise.allSettled([...started.values()].map(({ result }) => result));
      for (const unit of started.keys()) {
        if (unit.kind === 'large') await rm(unit.spoolPath, { force: true });
      }
    },
  };
}

/** That are in memory between the making and the writing. */
function bytesOf(unit: PackUnit): number {
  return unit.kind === 'batch' ? unit.bytes : 0;
}

function countLarge(started: ReadonlyMap<PackUnit, unknown>): number {
  let count = 0;
  for (const unit of started.keys()) if (unit.kind === 'large') count += 1;
  return count;
}

async function runUnit(unit: PackUnit, pool: DeflatePool, cancel: CancelFlag): Promise<PackUnitResult> {
  if (unit.kind === 'reused') return { entries: unit.entries, bytes: NOTHING };
  if (unit.kind === 'batch') return pool.deflateBatch(unit.files.map(toTask), cancel);
  return { entries: [await pool.deflateLarge(toTask(unit.file), unit.spoolPath, cancel)], bytes: NOTHING };
}

function toTask({ path, sizeBytes, source }: BuildFile): DeflateTask {
  return { path, sizeBytes, content: source };
}
