import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { BuildFile } from './build-file.ts';
import type { DeflatedEntry } from './deflate-protocol.ts';
import type { PackedEntry } from './packed-entry.ts';

/** An entry of an earlier zip of the same build: its header and bytes can be taken as they are. */
export type ReusableEntry = {
  readonly entry: DeflatedEntry;
  /** Of the local header. */
  readonly start: number;
  /** After the last byte. */
  readonly end: number;
};

/** The last zip of a build, open until it is disposed. */
export type ReusablePack = AsyncDisposable & {
  /** Undefined for a file that was not in it, or is not surely the same. */
  find(file: BuildFile): ReusableEntry | undefined;
  /** Fills `target` from there. */
  read(start: number, target: Uint8Array): Promise<void>;
};

/**
 * Keeps the last zip of each build folder with what its files looked like, so that packing again after a change
 * compresses what changed and copies the rest. A hint and nothing more: whatever is wrong with it, the build is packed
 * as if there were none.
 */
export type PackCache = {
  load(sourcePath: string): Promise<ReusablePack | null>;
  /** `startedMs`: when the build was listed. The zip stays where it is. */
  save(
    sourcePath: string,
    packed: { readonly zipPath: string; readonly startedMs: number; readonly entries: readonly PackedEntry[] },
    files: readonly BuildFile[],
  ): Promise<void>;
  /** The next pack of this build is made anew. */
  drop(sourcePath: string): Promise<void>;
};

/** Changes with the form of the index, or of what the packer writes. */
const FORMAT = 2;
const ENTRIES_PER_LINE = 1000;
const LIMIT_BYTES = 1024 ** 3;
/** Larger zips would push out everything else. */
const ZIP_LIMIT_BYTES = 256 * 1024 * 1024;
/**
 * A file that was written so shortly before it was listed may have been written again within the same tick of the file
 * system's clock, which then shows nothing. Clocks of whole seconds tick every second or two.
 */
const TICK_MS = 100;
const COARSE_TICK_MS = 2_500;

type IndexRow = readonly [
  path: string,
  sizeBytes: number,
  modifiedMs: number,
  identity: string,
  method: DeflatedEntry['method'],
  crc32: number,
  sha256: string,
  compressedBytes: number,
  start: number,
  end: number,
];

export function createPackCache(folder: string): PackCache {
  const pathsOf = (sourcePath: string): { index: string; zip: string } => {
    const key = createHash('sha256').update(sourcePath).digest('hex').slice(0, 32);
    return { index: join(folder, `${key}.index`), zip: join(folder, `${key}.zip`) };
  };

  return {
    async load(sourcePath) {
      const paths = pathsOf(sourcePath);
      try {
        const rows = await readIndex(paths.index);
        const zip = await open(paths.zip, 'r');
        if (rows.zipBytes !== (await zip.stat()).size) {
          await zip.close();
          return null;
        }
        return {
          find: (file) => reusable(file, rows.byPath.get(file.path)),
          async read(start, target) {
            const { bytesRead } = await zip.read(target, 0, target.length, start);
            if (bytesRead < target.length) throw new Error('the cached zip is cut off');
          },
          [Symbol.asyncDispose]: () => zip.close(),
        };
      } catch {
        // Not there, or not readable: then it is packed anew.
        return null;
      }
    },

    async save(sourcePath, { zipPath, startedMs, entries }, files) {
      const paths = pathsOf(sourcePath);
      const part = `${paths.zip}.part`;
      try {
        const { size } = await stat(zipPath);
        if (size > ZIP_LIMIT_BYTES) return;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const lines = [JSON.stringify({ format: FORMAT, zipBytes: size })];
        const byPath = new Map(files.map((file) => [file.path, file]));
        for (let at = 0; at < entries.length; at += ENTRIES_PER_LINE) {
          const group = entries.slice(at, at + ENTRIES_PER_LINE);
          lines.push(JSON.stringify(group.flatMap((entry) => toRow(entry, byPath.get(entry.path), startedMs) ?? [])));
          await nextTurn();
        }
        // The index goes first and comes last, so that it never speaks of another zip.
        await rm(paths.index, { force: true });
        await rm(part, { force: true });
        await link(zipPath, part).catch(() => copyFile(zipPath, part));
        await rename(part, paths.zip);
        await writeFile(`${paths.index}.part`, lines.join('\n'), { mode: 0o600 });
        await rename(`${paths.index}.part`, paths.index);
        await trim(folder);
      } catch {
        // A full disk, or somebody tidied up: the next build is packed anew.
        for (const path of [paths.index, paths.zip, part]) await rm(path, { force: true }).catch(() => undefined);
      }
    },

    async drop(sourcePath) {
      const paths = pathsOf(sourcePath);
      for (const path of [paths.index, paths.zip]) await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

async function readIndex(path: string): Promise<{ zipBytes: number; byPath: ReadonlyMap<string, IndexRow> }> {
  const [first = '', ...lines] = (await readFile(path, 'utf8')).split('\n');
  const head = JSON.parse(first) as { format: number; zipBytes: number };
  if (head.format !== FORMAT) throw new Error('another format');
  const byPath = new Map<string, IndexRow>();
  for (const line of lines) {
    for (const row of JSON.parse(line) as IndexRow[]) byPath.set(row[0], row);
    await nextTurn();
  }
  return { zipBytes: head.zipBytes, byPath };
}

function reusable({ path, sizeBytes, source }: BuildFile, row: IndexRow | undefined): ReusableEntry | undefined {
  if (!row || source.kind !== 'file' || source.identity === undefined) return undefined;
  const [, size, modifiedMs, identity, method, crc32, sha256, compressedBytes, start, end] = row;
  if (size !== sizeBytes || modifiedMs !== source.modifiedMs || identity !== source.identity) return undefined;
  return { entry: { path, method, crc32, sha256, sizeBytes, compressedBytes }, start, end };
}

function toRow(entry: PackedEntry, file: BuildFile | undefined, startedMs: number): IndexRow[] | null {
  const source = file?.source;
  if (source?.kind !== 'file' || source.identity === undefined) return null;
  const changedMs = Math.max(source.modifiedMs, source.changedMs ?? Number.POSITIVE_INFINITY);
  const tickMs = changedMs % 1000 === 0 ? COARSE_TICK_MS : TICK_MS;
  if (changedMs > startedMs - tickMs) return null;
  const { path, sizeBytes, method, crc32, sha256, compressedBytes, start, end } = entry;
  const { modifiedMs, identity } = source;
  return [[path, sizeBytes, modifiedMs, identity, method, crc32, sha256, compressedBytes, start, end]];
}

/** Removes the builds that were packed longest ago, until the rest fits. */
async function trim(folder: string): Promise<void> {
  const zips: { readonly path: string; readonly bytes: number; readonly usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.zip')) continue;
    const path = join(folder, name);
    const index = await stat(path.replace(/zip$/, 'index')).catch(() => null);
    zips.push({ path, bytes: (await stat(path)).size, usedMs: index?.mtimeMs ?? 0 });
  }
  let total = 0;
  for (const { path, bytes } of zips.toSorted((left, right) => right.usedMs - left.usedMs)) {
    total += bytes;
    if (total <= LIMIT_BYTES) continue;
    await rm(path.replace(/zip$/, 'index'), { force: true });
    await rm(path, { force: true });
  }
}
