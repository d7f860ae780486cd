import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { sha256Pattern } from '#contract/models/common.ts';

import { asStorageError, systemErrorCode } from '../app-error.ts';

/** Files named by their content: `blobs/ab/<sha256>`. One copy however many releases hold it. */
/** A file in the folder of the store. */
export type StoredBlob = {
  /** Null for what is no blob: another name, or not where its name says. */
  readonly sha256: string | null;
  /** Within the store: `ab/<sha256>`. */
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was put here last. */
  readonly modifiedMs: number;
};

export type BlobStore = {
  /** Absolute path of the folder; it may not be there yet. */
  readonly root: string;
  path(sha256: string): string;
  /**
   * Moves a finished file of the same file system into the store; it survives a power cut when this resolves.
   * A file that is there already stays; the given one is removed. Rejects with `DISK_FULL`.
   */
  put(filePath: string, sha256: string): Promise<void>;
  has(sha256: string): Promise<boolean>;
  /** Nothing happens to a file that is pinned. */
  remove(sha256: string): Promise<void>;
  /** Every file there is, in no order. */
  list(): Promise<StoredBlob[]>;
  /** Removes a file that `list` named and that is no blob. */
  removeForeign(name: string): Promise<void>;
  /**
   * Keeps a file until it is disposed, whatever is asked for meanwhile: of a publish that will refer to it. Pin in the
   * same turn in which the file was found to be in use.
   */
  pin(sha256: string): Disposable;
  /** Removes every file that is neither named in `live` nor pinned, and anything that is no blob. Returns how many. */
  sweep(live: ReadonlySet<string>): Promise<number>;
};

export function createBlobStore(root: string): BlobStore {
  const path = (sha256: string): string => {
    if (!sha256Pattern.test(sha256)) throw new TypeError('not a SHA-256');
    return join(root, sha256.slice(0, 2), sha256);
  };

  const pins = new Map<string, number>();

  async function has(sha256: string): Promise<boolean> {
    try {
      return (await stat(path(sha256))).isFile();
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  return {
    root,
    path,
    has,
    async list() {
      const found: StoredBlob[] = [];
      for (const folder of await entriesOf(root)) {
        const inside = await isFolder(join(root, folder));
        const names = inside ? (await entriesOf(join(root, folder))).map((name) => `${folder}/${name}`) : [folder];
        for (const name of names) {
          const stats = await stat(join(root, name)).catch(() => null);
          if (!stats) continue;
          const sha256 = basename(name);
          const isBlob = stats.isFile() && sha256Pattern.test(sha256) && name === `${sha256.slice(0, 2)}/${sha256}`;
          found.push({ sha256: isBlob ? sha256 : null, name, sizeBytes: stats.size, modifiedMs: stats.mtimeMs });
        }
      }
      return found;
    },
    async removeForeign(name) {
      if (name.split('/').some((part) => ['', '.', '..'].includes(part))) throw new TypeError('not a name');
      await rm(join(root, name), { recursive: true, force: true });
    },
    async put(filePath, sha256) {
      try {
        const target = path(sha256);
        await flush(filePath);
        const folder = dirname(target);
        const made = await mkdir(folder, { recursive: true, mode: 0o700 });
        // Over an equal file too: should that one have rotted, this one is known to be whole.
        // Its age counts from now: the clean-up leaves alone what came a moment ago.
        const now = new Date();
        await utimes(filePath, now, now);
        await rename(filePath, target);
        await flushFolder(folder);
        if (made !== undefined) await flushFolder(root);
      } catch (error) {
        throw asStorageError(error);
      }
    },
    async remove(sha256) {
      if (!pins.has(sha256)) await rm(path(sha256), { force: true });
    },
    pin(sha256) {
      pins.set(sha256, (pins.get(sha256) ?? 0) + 1);
      let isHeld = true;
      return {
        [Symbol.dispose]() {
          if (!isHeld) return;
          isHeld = false;
          const left = (pins.get(sha256) ?? 0) - 1;
          if (left > 0) pins.set(sha256, left);
          else pins.delete(sha256);
        },
      };
    },
    async sweep(live) {
      let removed = 0;
      for (const folder of await entriesOf(root)) {
        const inside = await entriesOf(join(root, folder));
        for (const name of inside) {
          if ((live.has(name) || pins.has(name)) && name.startsWith(folder)) continue;
          await rm(join(root, folder, name), { recursive: true, force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return [];
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function flush(filePath: string): Promise<void> {
  await using file = await open(filePath, 'r+');
  await file.sync();
}

/** A rename is durable once its folder is; Windows cannot open folders and orders this itself. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
