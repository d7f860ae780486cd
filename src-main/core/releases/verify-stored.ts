import { join } from 'node:path';

import { AppError } from '../app-error.ts';
import { readSessionKey } from '../crypto/sealed-values.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { VaultKey } from '../keys/key-vault.ts';
import type { ReleaseFile } from '../storage/release-file-repository.ts';
import { bundlePath } from '../updates/device-paths.ts';
import { fetchBackFiles } from './fetch-back-files.ts';
import { checkStored, fetchBack } from './fetch-back.ts';
import type { Delta } from './make-delta.ts';
import type { PublishDeps } from './publish-deps.ts';
import type { SealedBundle } from './seal-bundle.ts';
import type { StoredRecord } from './store-release.ts';

/**
 * Fetches back what was stored, bundle and single files, and unpacks it meanwhile.
 * Rejects with `BUNDLE_DAMAGED`, `VERIFY_FAILED`, `DISK_FULL`, `CANCELLED`.
 */
export async function verifyStored(
  stored: {
    readonly record: StoredRecord;
    readonly sealed: SealedBundle;
    readonly key: VaultKey | null;
    readonly delta: Delta | null;
    readonly files: readonly ReleaseFile[];
    readonly workDir: string;
  },
  report: ReportProgress,
  job: JobContext,
  deps: PublishDeps,
): Promise<void> {
  const { record, sealed, key, delta, files, workDir } = stored;
  const { secret, pool, blobs } = deps;
  const address = await bundleAddress(record, deps);
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const { blobSha256: sha256, sizeBytes, fileCount } = record;
  const storedPath = blobs.path(sha256);
  const fetchBundle = (): Promise<void> => {
    const url = address.base + bundlePath(address.token, sha256);
    return fetchBack({ url, sha256, sizeBytes, storedPath, secret, signal, report });
  };
  const unpack = (): Promise<void> => {
    const openedPath = join(workDir, 'opened.zip');
    const opening = key && { key, sessionKey: sealed.sessionKey ?? '', checksum: sealed.checksum };
    return checkStored({ path: storedPath, openedPath, opening, files: fileCount, pool, signal: job.signal });
  };
  const fetchFiles = (): Promise<void> => {
    const session = key && sealed.sessionKey !== null ? readSessionKey(sealed.sessionKey, key) : null;
    const newHolder = delta?.pack?.sha256 ?? null;
    return fetchBackFiles({ ...address, files, newHolder, session, key, secret, signal });
  };
  const unpacking = unpack();
  const checks = [unpacking, fetchBundle(), ...(delta ? [fetchFiles()] : [])];
  await Promise.all(checks).catch(async (error: unknown) => {
    stop.abort();
    // Nothing is fetched any more when the release is undone.
    await Promise.allSettled(checks);
    // What is wrong with the bundle itself shows in what is fetched of it too, and says more.
    await unpacking;
    throw error;
  });
}

async function bundleAddress(
  { appId }: StoredRecord,
  { apps, ports }: PublishDeps,
): Promise<{ readonly base: string; readonly token: string }> {
  const base = await ports.deviceOrigin.loopback();
  // Read now: the token may have been changed since the publish began.
  const app = apps.get(appId);
  if (!app) throw new AppError('APP_NOT_FOUND', { appId });
  return { base, token: app.token };
}
