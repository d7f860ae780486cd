import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createMutex } from '../mutex.ts';
import type { BuildFile } from './build-file.ts';
import { decodePackIndex, encodePackIndex, type IndexedFile } from './pack-index.ts';
import type { PackedEntry } from './packed-entry.ts';

/** The last zip of a build, open until it is disposed. */
export type ReusablePack = AsyncDisposable & {
  /** Undefined for a file that was not in it, or is not surely the same. */
  find(file: BuildFile): PackedEntry | undefined;
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

const LIMIT_BYTES = 1024 ** 3;
/** Larger zips would push out everything else. */
const ZIP_LIMIT_BYTES = 256 * 1024 * 1024;
/**
 * A file that was written so shortly before it was listed may have been written again within the same tick of the file
 * system's clock, which then shows nothing. Clocks of whole seconds tick every second or two.
 */
const TICK_MS = 100;
const COARSE_TICK_MS = 2_500;

export function createPackCache(folder: string): PackCache {
  const pathsOf = (sourcePath: string): { index: string; zip: string } => {
    const key = createHash('sha256').update(sourcePath).digest('hex').slice(0, 32);
    return { index: join(folder, `${key}.index`), zip: join(folder, `${key}.zip`) };
  };

  // Two packs of one build may end at the same time, and one begin meanwhile: none meets the index of another's zip.
  const inTurn = createMutex();

  async function load(sourcePath: string): Promise<ReusablePack | null> {
    const paths = pathsOf(sourcePath);
    try {
      const index = decodePackIndex(await readFile(paths.index));
      const zip = await open(paths.zip, 'r');
      if (index.zipBytes !== (await zip.stat()).size) {
        await zip.close();
        return null;
      }
      return {
        find: (file) => index.find(file),
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
  }

  async function save(
    sourcePath: string,
    { zipPath, startedMs, entries }: Parameters<PackCache['save']>[1],
    files: readonly BuildFile[],
  ): Promise<void> {
    const paths = pathsOf(sourcePath);
    const part = `${paths.zip}.part`;
    try {
      const { size } = await stat(zipPath);
      if (size > ZIP_LIMIT_BYTES) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const index = await encodePackIndex(size, settledFiles(entries, files, startedMs));
      // The index goes first and comes last: a program that ends between them leaves none that speaks of another zip.
      await rm(paths.index, { force: true });
      await rm(part, { force: true });
      await link(zipPath, part).catch(() => copyFile(zipPath, part));
      await rename(part, paths.zip);
      await writeFile(`${paths.index}.part`, index, { mode: 0o600 });
      await rename(`${paths.index}.part`, paths.index);
      await trim(folder);
    } catch {
      // A full disk, or somebody tidied up: the next build is packed anew.
      for (const path of [paths.index, paths.zip, part]) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  return {
    load: (sourcePath) => inTurn(() => load(sourcePath)),
    save: (sourcePath, packed, files) => inTurn(() => save(sourcePath, packed, files)),
    drop: (sourcePath) =>
      inTurn(async () => {
        const paths = pathsOf(sourcePath);
        for (const path of [paths.index, paths.zip]) await rm(path, { force: true }).catch(() => undefined);
      }),
  };
}

/** Both are in the order of the bundle. */
function settledFiles(
  entries: readonly PackedEntry[],
  files: readonly BuildFile[],
  startedMs: number,
): readonly IndexedFile[] {
  const settled: IndexedFile[] = [];
  let index = 0;
  for (const entry of entries) {
    const file = files[index++];
    if (file?.path !== entry.path || file.source.kind !== 'file' || !file.identity) continue;
    const { modifiedMs } = file.source;
    const { identity } = file;
    if (isSettled(Math.max(modifiedMs, identity.changedMs), startedMs)) settled.push({ entry, modifiedMs, identity });
  }
  return settled;
}

function isSettled(changedMs: number, startedMs: number): boolean {
  const tickMs = changedMs % 1000 === 0 ? COARSE_TICK_MS : TICK_MS;
  return changedMs <= startedMs - tickMs;
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
