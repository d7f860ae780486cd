import type { StorageUsage } from '#contract/models/storage.ts';

import type { StoredBlob } from '../storage/blob-store.ts';
import type { FileUse } from '../storage/stored-files.ts';

/** Who needs how much of the store: pure, from what is stored and what is needed. */
export function storageUsage(input: {
  readonly apps: readonly { readonly appId: string; readonly name: string; readonly releaseCount: number }[];
  readonly stored: readonly StoredBlob[];
  readonly uses: readonly FileUse[];
  readonly databaseBytes: number;
  readonly freeBytes: number | null;
}): StorageUsage {
  const { apps, stored, uses, databaseBytes, freeBytes } = input;
  const sizes = new Map(stored.map(({ sha256, name, sizeBytes }) => [sha256 ?? name, sizeBytes]));
  const bytesOf = (sha256s: Iterable<string>): number =>
    [...sha256s].reduce((sum, sha256) => sum + (sizes.get(sha256) ?? 0), 0);
  const users = Map.groupBy(uses, ({ sha256 }) => sha256);
  const byApp = Map.groupBy(uses, ({ appId }) => appId);
  return {
    apps: apps.map(({ appId, name, releaseCount }) => {
      const own = byApp.get(appId) ?? [];
      const files = new Set(own.map(({ sha256 }) => sha256));
      const zips = new Set(own.filter(({ isZip }) => isZip).map(({ sha256 }) => sha256));
      return {
        appId,
        name,
        releases: releaseCount,
        zipBytes: bytesOf(zips),
        deltaBytes: bytesOf([...files].filter((sha256) => !zips.has(sha256))),
        sharedBytes: bytesOf([...files].filter((sha256) => (users.get(sha256)?.length ?? 0) > 1)),
      };
    }),
    storeBytes: bytesOf(sizes.keys()),
    unusedBytes: bytesOf([...sizes.keys()].filter((sha256) => !users.has(sha256))),
    databaseBytes,
    freeBytes,
  };
}
