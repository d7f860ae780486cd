import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';

import type { BuiltinSource } from '#contract/models/virtual-device.ts';

import { AppError } from '../app-error.ts';
import { decryptBundle } from '../crypto/envelope.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { KeyRepository } from '../storage/key-repository.ts';
import type { ReleaseRecord, ReleaseRepository } from '../storage/release-repository.ts';
import { readBuiltin, type BuiltinBundle, type TakeBuiltin } from './builtin-bundle.ts';

export type BuiltinSourceDeps = {
  readonly releases: Pick<ReleaseRepository, 'find'>;
  readonly keys: Pick<KeyRepository, 'byFingerprint'>;
  readonly blobs: Pick<BlobStore, 'path'>;
};

/**
 * The web build that came with an app, from where a person said. Rejects with the codes of `readBuiltin`, `BAD_INPUT` for
 * a relative path, `RELEASE_NOT_FOUND`, and `KEY_NOT_FOUND` for an encrypted release whose key is gone.
 */
export async function takeBuiltin(
  appId: string,
  source: BuiltinSource,
  into: TakeBuiltin,
  deps: BuiltinSourceDeps,
): Promise<BuiltinBundle> {
  if (source.kind === 'release') {
    const release = deps.releases.find(appId, source.version);
    if (!release) throw new AppError('RELEASE_NOT_FOUND', { appId, release: source.version });
    return fromRelease(release, into, deps);
  }
  const { path } = source;
  if (path.includes('\0')) throw new AppError('SOURCE_NOT_FOUND', { path: path.replaceAll('\0', '?') });
  if (!isAbsolute(path)) throw new AppError('BAD_INPUT', { reason: 'the path of a built-in bundle must be absolute' });
  return readBuiltin(path, basename(path) || path, into);
}

async function fromRelease(release: ReleaseRecord, into: TakeBuiltin, deps: BuiltinSourceDeps): Promise<BuiltinBundle> {
  const { version, blobSha256, sessionKey } = release;
  const stored = deps.blobs.path(blobSha256);
  if (sessionKey === null) return damagedUnless(version, () => readBuiltin(stored, version, into));
  const key = deps.keys.byFingerprint(release.keyFingerprint ?? '');
  if (!key) throw new AppError('KEY_NOT_FOUND', { name: release.keyId ?? '' });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-builtin-'));
  try {
    const out = join(folder, 'bundle.zip');
    return await damagedUnless(version, async () => {
      await decryptBundle({
        path: stored,
        out,
        key,
        sessionKey,
        ...(into.signal === undefined ? {} : { signal: into.signal }),
      });
      return readBuiltin(out, version, into);
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A stored file that cannot be read is not the fault of who asked. */
async function damagedUnless<T>(version: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOther = !(error instanceof AppError) || error.code === 'CANCELLED' || error.code === 'BUILD_TOO_LARGE';
    if (isOther) throw error;
    throw new AppError('RELEASE_DAMAGED', { version }, { cause: error });
  }
}
