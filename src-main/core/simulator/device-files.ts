import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sha256Pattern } from '#contract/models/common.ts';

/** A file that a virtual device has. */
export type DeviceFile = { readonly path: string; readonly sha256: string; readonly bytes: number };

/**
 * What virtual devices hold, by content: a thousand devices with one release need its files once. Not synced to the
 * disk: what a power cut takes from a virtual device it fetches again.
 */
export type DeviceFiles = {
  /** Keeps a copy; returns its SHA-256. */
  put(content: Uint8Array): Promise<string>;
  pathOf(sha256: string): string;
  has(sha256: string): Promise<boolean>;
  /** Removes what no device has. */
  sweep(live: ReadonlySet<string>): Promise<void>;
};

export function createDeviceFiles(root: string): DeviceFiles {
  const pathOf = (sha256: string): string => {
    if (!sha256Pattern.test(sha256)) throw new TypeError('not a SHA-256');
    return join(root, sha256.slice(0, 2), sha256);
  };
  const has = async (sha256: string): Promise<boolean> => (await stat(pathOf(sha256)).catch(() => null)) !== null;
  const made = new Set<string>();

  return {
    async put(content) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      if (await has(sha256)) return sha256;
      const target = pathOf(sha256);
      const folder = join(root, sha256.slice(0, 2));
      if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
      made.add(folder);
      // Another device may be writing the same one.
      const temporary = join(folder, `${randomUUID()}.part`);
      await writeFile(temporary, content, { mode: 0o600 });
      await rename(temporary, target);
      return sha256;
    },
    pathOf,
    has,
    async sweep(live) {
      made.clear();
      for (const folder of await readdir(root).catch(() => [])) {
        for (const name of await readdir(join(root, folder)).catch(() => [])) {
          if (!live.has(name)) await rm(join(root, folder, name), { recursive: true, force: true });
        }
      }
    },
  };
}
