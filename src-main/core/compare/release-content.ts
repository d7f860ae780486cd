import { createDecipheriv } from 'node:crypto';
import { open } from 'node:fs/promises';

import { AppError, systemErrorCode } from '../app-error.ts';
import { readBuildFile } from '../bundles/build-file.ts';
import { openBuild } from '../bundles/build-files.ts';
import { openBrotliBody } from '../bundles/open-body.ts';
import { readSessionKey } from '../crypto/sealed-values.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { KeyRepository } from '../storage/key-repository.ts';
import type { FileBody, ReleaseFile } from '../storage/release-file-repository.ts';
import type { ReleaseRecord } from '../storage/release-repository.ts';

export type ContentDeps = { readonly blobs: BlobStore; readonly keys: KeyRepository };

/**
 * The content of one file of a release, from its body or from the bundle. Null when it is encrypted with a key that is
 * not in the vault. Rejects with `RELEASE_DAMAGED`.
 */
export async function readReleaseFile(
  release: ReleaseRecord,
  file: ReleaseFile,
  deps: ContentDeps,
): Promise<Uint8Array | null> {
  try {
    if (file.body) return await readBody(release, file, file.body, deps);
    return release.sessionKey === null ? await readFromBundle(release, file, deps) : null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'RELEASE_DAMAGED') throw error;
    throw new AppError('RELEASE_DAMAGED', { version: release.version }, { cause: error });
  }
}

async function readBody(
  { sessionKey, keyFingerprint, version }: ReleaseRecord,
  { sizeBytes }: ReleaseFile,
  body: FileBody,
  { blobs, keys }: ContentDeps,
): Promise<Uint8Array | null> {
  const key = sessionKey === null ? null : keys.byFingerprint(keyFingerprint ?? '');
  if (key === undefined) return null;
  const stored = Buffer.alloc(body.sizeBytes);
  await using holder = await open(blobs.path(body.holderSha256), 'r').catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    throw new AppError('RELEASE_DAMAGED', { version }, { cause: error });
  });
  const { bytesRead } = await holder.read(stored, 0, stored.length, body.holderOffset);
  if (bytesRead < stored.length) throw new AppError('RELEASE_DAMAGED', { version });
  let opened: Uint8Array = stored;
  if (key && sessionKey !== null) {
    const session = readSessionKey(sessionKey, key);
    const decipher = createDecipheriv('aes-128-cbc', session.key, session.iv);
    opened = Buffer.concat([decipher.update(stored), decipher.final()]);
  }
  return body.isBrotli ? openBrotliBody(opened, sizeBytes) : opened;
}

async function readFromBundle(
  { blobSha256 }: ReleaseRecord,
  { path }: ReleaseFile,
  { blobs }: ContentDeps,
): Promise<Uint8Array> {
  await using bundle = await openBuild(blobs.path(blobSha256));
  const entry = bundle.files.find((candidate) => candidate.path === path);
  if (!entry) throw new Error('the bundle does not have the file');
  // Awaited here: the bundle is open only as long as this function runs.
  return await readBuildFile(entry);
}
