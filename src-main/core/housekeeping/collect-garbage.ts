import type { CollectResult } from '#contract/models/storage.ts';

import { throwIfAborted } from '../app-error.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { Mutex } from '../mutex.ts';
import type { BlobStore, StoredBlob } from '../storage/blob-store.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';

/**
 * A file that came within this time may belong to a publish whose release is not written down yet. Publishes do both
 * under the store's lock, so this is a second net below the first.
 */
export const GRACE_MS = 10 * 60 * 1000;
const NAMED_FILES = 1000;
/** Removed in one go under the lock: a publish never waits for more than these. */
const BATCH = 50;

export type CollectDeps = {
  readonly blobs: BlobStore;
  readonly releases: Pick<ReleaseRepository, 'liveBlobs' | 'isBlobLive'>;
  readonly storeLock: Mutex;
  readonly now: () => number;
};

/**
 * Removes stored files that no release needs: marks what nothing needs, spares what is young, then asks again under the
 * store's lock for each before it goes, since a publish may have taken it up meanwhile.
 */
export async function collectGarbage(
  { blobs, releases, storeLock, now }: CollectDeps,
  options: { readonly dryRun: boolean; readonly signal?: AbortSignal; readonly report?: ReportProgress },
): Promise<CollectResult> {
  const { dryRun, signal, report } = options;
  const live = new Set(releases.liveBlobs());
  const unused = (await blobs.list()).filter(({ sha256 }) => sha256 === null || !live.has(sha256));
  const old = unused.filter(({ modifiedMs }) => now() - modifiedMs >= GRACE_MS);
  const removed: StoredBlob[] = [];
  for (let at = 0; at < old.length; at += BATCH) {
    throwIfAborted(signal);
    const batch = old.slice(at, at + BATCH);
    if (dryRun) removed.push(...batch);
    else removed.push(...(await storeLock(() => sweep(batch, { blobs, releases, now }))));
    report?.({ done: Math.min(at + BATCH, old.length), total: old.length, unit: 'files' });
  }
  return {
    dryRun,
    removed: removed.length,
    bytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    tooNew: unused.length - old.length,
    files: removed.slice(0, NAMED_FILES).map(({ name, sizeBytes }) => ({ name, bytes: sizeBytes })),
  };
}

async function sweep(
  batch: readonly StoredBlob[],
  { blobs, releases }: Omit<CollectDeps, 'storeLock'>,
): Promise<StoredBlob[]> {
  const removed: StoredBlob[] = [];
  for (const file of batch) {
    if (file.sha256 === null) await blobs.removeForeign(file.name);
    else if (releases.isBlobLive(file.sha256)) continue;
    else await blobs.remove(file.sha256);
    // One that a publish has pinned stays.
    if (file.sha256 === null || !(await blobs.has(file.sha256))) removed.push(file);
  }
  return removed;
}
