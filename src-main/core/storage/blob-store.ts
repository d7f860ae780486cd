import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { sha256Pattern } from '#contract/models/common.ts';

import { asStorageError, systemErrorCode } from '../app-error.ts';

/** Files named by their content: `blobs/ab/<sha256>`. One copy however many releases hold it. */
export type BlobStore = {
  path(sha256: string): string;
  /**
   * Moves a finished file of the same file system into the store; it survives a power cut when this resolves.
   * A file that is there already stays; the given one is removed. Rejects with `DISK_FULL`.
   */
  put(filePath: string, sha256: string): Promise<void>;
  has(sha256: string): Promise<boolean>;
  /** Nothing happens to a file that is pinned. */
  remove(sha256: string): Promise<void>;
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
    path,
    has,
    async put(filePath, sha256) {
      try {
        const target = path(sha256);
        await flush(filePath);
        const folder = dirname(target);
        const made = await mkdir(folder, { recursive: true, mode: 0o700 });
        // Over an equal file too: should that one have rotted, this one is known to be whole.
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
