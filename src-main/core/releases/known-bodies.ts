import { setImmediate as nextTurn } from 'node:timers/promises';

import { throwIfAborted } from '../app-error.ts';
import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { type EnvelopeFormat, readSessionKey, type SessionKey } from '../crypto/sealed-values.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { FileBody, ReleaseFile, ReleaseFileRepository } from '../storage/release-file-repository.ts';
import type { ReleaseRecord, ReleaseRepository } from '../storage/release-repository.ts';

/** Which key the bodies are encrypted with, and how their hashes are sealed. */
export type KnownSealing = { readonly key: PublicKeyMaterial; readonly format: EnvelopeFormat };

export type KnownBody = {
  readonly body: FileBody;
  /** What it is encrypted with; null when it is not. */
  readonly session: SessionKey | null;
};

/** What earlier releases have of the files of a build. */
export type KnownBodies = {
  /** Of a content, by its SHA-256: plain ones, and when encrypting also those encrypted with the same key. */
  bodies(sha256: string): readonly KnownBody[];
  /** What the content's SHA-256 became when it was sealed. */
  seal(sha256: string): string | undefined;
  /** An earlier release of the app has bodies of some of them. */
  readonly isRebuild: boolean;
};

export type KnownBodiesDeps = {
  readonly blobs: Pick<BlobStore, 'pin'>;
  readonly releases: Pick<ReleaseRepository, 'list'>;
  readonly releaseFiles: Pick<ReleaseFileRepository, 'page' | 'plainBodies' | 'seals'>;
};

/** Rows read, and contents asked about, in one turn of the event loop: about 3 ms. */
const ROWS_AT_ONCE = 500;
const LOOKUPS_AT_ONCE = 100;

/**
 * Gathers them: first from the app's newest releases of the kind, file by file in one go, because there nearly all are;
 * what is not there is asked for by itself, among all apps. Stored files that hold a body are pinned in the turn in which
 * it is found. Rejects with `CANCELLED`.
 */
export async function gatherKnownBodies(
  given: {
    readonly appId: string;
    readonly contents: ReadonlySet<string>;
    readonly sealing: KnownSealing | null;
    /** Stored files that are known to have rotted: nothing in them counts. */
    readonly damaged: ReadonlySet<string>;
    readonly signal: AbortSignal;
  },
  deps: KnownBodiesDeps,
  pins: DisposableStack,
): Promise<KnownBodies> {
  const { appId, contents, sealing, damaged, signal } = given;
  const { releaseFiles, blobs } = deps;
  const bodies = new Map<string, KnownBody[]>();
  const seals = new Map<string, string>();
  const pinned = new Set<string>();

  function note(sha256: string, body: FileBody, session: SessionKey | null): void {
    if (damaged.has(body.holderSha256)) return;
    const known = bodies.get(sha256);
    if (!known) bodies.set(sha256, [{ body, session }]);
    // Equal ones differ in nothing but where they lie; brotli and not is a difference.
    else if (known.every((other) => other.body.isBrotli !== body.isBrotli)) known.push({ body, session });
    else return;
    if (pinned.has(body.holderSha256)) return;
    pinned.add(body.holderSha256);
    pins.use(blobs.pin(body.holderSha256));
  }

  function noteFile({ sha256, body }: ReleaseFile, release: ReleaseRecord, session: SessionKey | null): void {
    if (!body || !contents.has(sha256)) return;
    if (sealing && body.sealedHash !== null && isOfFormat(body.sealedHash, sealing.format)) {
      seals.set(sha256, body.sealedHash);
    }
    // A bundle zip goes with its release; what it holds uncompressed needs no making.
    if (body.holderSha256 !== release.blobSha256) note(sha256, body, session);
  }

  const newest = newestReleases(deps.releases.list(appId), sealing);
  for (const { release, session } of newest) {
    for (let after = '', isLast = false; !isLast;) {
      const page = releaseFiles.page(release.releaseId, after, ROWS_AT_ONCE);
      for (const file of page) noteFile(file, release, session);
      after = page.at(-1)?.path ?? '';
      isLast = page.length < ROWS_AT_ONCE;
      await nextTurn();
      throwIfAborted(signal);
    }
  }
  const isRebuild = bodies.size > 0;

  let lookups = 0;
  for (const sha256 of contents) {
    if (bodies.has(sha256) && (!sealing || seals.has(sha256))) continue;
    lookups += 1;
    if (lookups % LOOKUPS_AT_ONCE === 0) {
      await nextTurn();
      throwIfAborted(signal);
    }
    if (!bodies.has(sha256)) for (const body of releaseFiles.plainBodies(sha256)) note(sha256, body, null);
    const seal = sealing && releaseFiles.seals(sha256, sealing.key.fingerprint).find(isOf(sealing.format));
    if (seal) seals.set(sha256, seal);
  }
  return {
    bodies: (sha256) => bodies.get(sha256) ?? [],
    seal: (sha256) => seals.get(sha256),
    isRebuild,
  };
}

/** The newest release with a manifest that has the same key, or none, and when encrypting the newest plain one too. */
function newestReleases(
  releases: readonly ReleaseRecord[],
  sealing: KnownSealing | null,
): { readonly release: ReleaseRecord; readonly session: SessionKey | null }[] {
  const withDelta = releases.filter(({ deltaFiles }) => deltaFiles !== null);
  const plain = withDelta.find(({ sessionKey }) => sessionKey === null);
  const found = plain ? [{ release: plain, session: null }] : [];
  if (!sealing) return found;
  const { key } = sealing;
  const sealed = withDelta.find(({ keyFingerprint }) => keyFingerprint === key.fingerprint);
  const session = sealed && openSession(sealed, key);
  return session ? [{ release: sealed, session }, ...found] : found;
}

/** What is wrong with an earlier release must not stop the next one. */
function openSession({ sessionKey }: ReleaseRecord, key: PublicKeyMaterial): SessionKey | null {
  try {
    return readSessionKey(sessionKey ?? '', key);
  } catch {
    return null;
  }
}

function isOfFormat(seal: string, format: EnvelopeFormat): boolean {
  return /^[0-9a-f]+$/.test(seal) === (format === 'v3');
}

function isOf(format: EnvelopeFormat): (seal: string) => boolean {
  return (seal) => isOfFormat(seal, format);
}
