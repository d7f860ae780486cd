import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';

import { throwIfAborted } from '../app-error.ts';
import { contentError, streamBuildFile, type BuildFile } from '../bundles/build-file.ts';

const READERS = 4;

/**
 * SHA-256 over the paths and contents of a build's files: equal for equal content, whatever its dates and wherever it
 * lies. Rejects with `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `ZIP_INVALID`, `CANCELLED`.
 */
export async function treeDigest(files: readonly BuildFile[], signal?: AbortSignal): Promise<string> {
  const digests = new Map<string, string>();
  const queue = files.values();
  const reader = async (): Promise<void> => {
    for (const file of queue) {
      throwIfAborted(signal);
      digests.set(file.path, await fileDigest(file));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return treeDigestOf(digests);
}

/** The same from digests that are known: SHA-256 of each file's content, lowercase hex, by its path in the bundle. */
export function treeDigestOf(digests: ReadonlyMap<string, string>): string {
  const tree = createHash('sha256');
  for (const path of [...digests.keys()].sort()) tree.update(`${digests.get(path)} ${path}\0`);
  return tree.digest('hex');
}

async function fileDigest(file: BuildFile): Promise<string> {
  try {
    const hash = createHash('sha256');
    await pipeline(streamBuildFile(file), hash);
    return hash.digest('hex');
  } catch (error) {
    throw contentError(file, error);
  }
}
