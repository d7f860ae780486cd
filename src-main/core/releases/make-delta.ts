import { createPrivateKey } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { needsBrotli } from '../bundles/body-rules.ts';
import type { BuildFile } from '../bundles/build-file.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { BodySealing, StoredBrotli } from '../bundles/deflate-protocol.ts';
import type { PackedBundle, PackedEntry } from '../bundles/pack-bundle.ts';
import { type BodyOrder, packDelta, type PackedBody } from '../bundles/pack-delta.ts';
import type { PrivateKeyMaterial } from '../crypto/key-material.ts';
import { readSessionKey, type EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { checkBlob } from '../storage/check-blob.ts';
import type { FileBody, ReleaseFile } from '../storage/release-file-repository.ts';
import { visitInTurns } from '../visit-in-turns.ts';
import { gatherKnownBodies, type KnownBodies, type KnownBodiesDeps } from './known-bodies.ts';

/** How the release is encrypted: the same session key for its bundle and each body (protocol/clients.md §4.6). */
export type DeltaSealing = {
  readonly key: PrivateKeyMaterial;
  readonly sessionKey: string;
  readonly format: EnvelopeFormat;
};

export type DeltaInput = {
  readonly appId: string;
  readonly files: readonly BuildFile[];
  readonly packed: PackedBundle;
  readonly sealing: DeltaSealing | null;
  /** Where the bodies that are new go. */
  readonly packPath: string;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
};

export type DeltaDeps = KnownBodiesDeps & { readonly pool: DeflatePool; readonly blobs: BlobStore };

/** Until it is disposed, the stored files that the release will refer to and did not make are kept. */
export type Delta = Disposable & {
  readonly files: readonly ReleaseFile[];
  /** Bodies of all files together. */
  readonly bytes: number;
  /** What has to be stored with the release: bodies that no release has yet. Null when there are none. */
  readonly pack: { readonly path: string; readonly sha256: string } | null;
};

/**
 * Makes the delta manifest of a build that was just packed: for each file a body that a phone can download instead of
 * the whole bundle. Bodies that an earlier release has, or that the bundle itself holds uncompressed, are not made again.
 * Rejects as `packDelta` does.
 */
export async function makeDelta(input: DeltaInput, deps: DeltaDeps): Promise<Delta> {
  using pins = new DisposableStack();
  const plan = await planBodies(input, deps, pins);
  const sealing = input.sealing && toBodySealing(input.sealing);
  const { pool } = deps;
  const { signal, report } = input;
  const { isRebuild } = plan.earlier;
  const options = { pool, sealing, isRebuild, signal, report };
  await nextTurn();
  const made = plan.orders.length === 0 ? null : await packDelta(plan.orders, input.packPath, options);

  await nextTurn();
  const madeByPath = new Map(made?.bodies.map((body) => [body.path, body]));
  const packSha256 = made?.sha256 ?? '';
  let bytes = 0;
  const files: ReleaseFile[] = [];
  await visitInTurns(input.packed.entries, ({ path, sha256, sizeBytes }) => {
    const body = plan.known.get(path) ?? toFileBody(madeByPath.get(plan.twins.get(path) ?? path), packSha256);
    const sealedHash = (input.sealing && plan.earlier.seal(sha256)) ?? body.sealedHash;
    bytes += body.sizeBytes;
    files.push({ path, sha256, sizeBytes, body: { ...body, sealedHash } });
  });
  const kept = pins.move();
  return {
    files,
    bytes,
    pack: made && { path: input.packPath, sha256: made.sha256 },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** The list of files without bodies: what a release without delta keeps, to be compared with others. */
export function filesWithoutDelta({ entries }: PackedBundle): ReleaseFile[] {
  return entries.map(({ path, sha256, sizeBytes }) => ({ path, sha256, sizeBytes, body: null }));
}

type BodyPlan = {
  readonly orders: BodyOrder[];
  /** By path. */
  readonly known: Map<string, FileBody>;
  /** Path by path: equal files share a body, and only the first of them has it made. */
  readonly twins: Map<string, string>;
  readonly earlier: KnownBodies;
};

async function planBodies(input: DeltaInput, deps: DeltaDeps, pins: DisposableStack): Promise<BodyPlan> {
  const { packed, sealing } = input;
  const earlier = await gatherSoundBodies(input, deps, pins);
  const filesByPath = new Map(input.files.map((file) => [file.path, file]));
  const plan: BodyPlan = { orders: [], known: new Map(), twins: new Map(), earlier };
  const firsts = new Map<string, string>();
  await visitInTurns(packed.entries, (entry) => {
    const file = filesByPath.get(entry.path);
    if (!file) return;
    const body = sealing ? null : knownBody(entry, packed, earlier);
    if (body) {
      plan.known.set(entry.path, body);
      return;
    }
    // A file that needs brotli and one that does not may have the same content.
    const content = `${entry.sha256} ${needsBrotli(entry)}`;
    const first = firsts.get(content);
    if (first === undefined) {
      firsts.set(content, entry.path);
      plan.orders.push(toOrder(entry, file, sealing, earlier, deps.blobs));
    } else {
      plan.twins.set(entry.path, first);
    }
  });
  return plan;
}

/**
 * What earlier releases have, without what has rotted or is gone: a release that referred to it would spread the damage,
 * and publishing again is what mends it. Encrypted releases take over none as it is, and compare each one themselves.
 */
async function gatherSoundBodies(
  { appId, packed, sealing, signal }: DeltaInput,
  deps: DeltaDeps,
  pins: DisposableStack,
): Promise<KnownBodies> {
  const contents = new Set(packed.entries.map(({ sha256 }) => sha256));
  const sound = new Set<string>();
  const damaged = new Set<string>();
  for (;;) {
    const earlier = await gatherKnownBodies({ appId, contents, sealing, damaged, signal }, deps, pins);
    if (sealing) return earlier;
    const before = damaged.size;
    const holders = new Set<string>();
    await visitInTurns(packed.entries, (entry) => {
      const body = knownBody(entry, packed, earlier);
      if (body) holders.add(body.holderSha256);
    });
    for (const sha256 of holders) {
      if (sha256 === packed.sha256 || sound.has(sha256)) continue;
      const fault = await checkBlob(deps.blobs.path(sha256), sha256, { signal });
      (fault ? damaged : sound).add(sha256);
    }
    if (damaged.size === before) return earlier;
  }
}

function toOrder(
  entry: PackedEntry,
  file: BuildFile,
  sealing: DeltaSealing | null,
  earlier: KnownBodies,
  blobs: Pick<BlobStore, 'path'>,
): BodyOrder {
  const { sha256, storedAt } = entry;
  const isCompressible = storedAt === null;
  const hasSeal = !sealing || earlier.seal(sha256) !== undefined;
  const known = isCompressible || needsBrotli(entry) ? earlier.bodies(sha256).find(({ body }) => body.isBrotli) : null;
  const stored: StoredBrotli | null = known
    ? {
        holderPath: blobs.path(known.body.holderSha256),
        offset: known.body.holderOffset,
        sizeBytes: known.body.sizeBytes,
        sha256: known.body.sha256,
        session: known.session,
      }
    : null;
  return { file, sha256, isCompressible, hasSeal, stored };
}

/** What a plain release can refer to. */
function knownBody(entry: PackedEntry, { sha256: zipSha256 }: PackedBundle, earlier: KnownBodies): FileBody | null {
  const isForced = needsBrotli(entry);
  const { sha256, sizeBytes, storedAt } = entry;
  if (storedAt !== null && !isForced) {
    return { sha256, sizeBytes, isBrotli: false, holderSha256: zipSha256, holderOffset: storedAt, sealedHash: null };
  }
  const known = earlier.bodies(sha256).find(({ body, session }) => session === null && (body.isBrotli || !isForced));
  return known?.body ?? null;
}

function toBodySealing({ key, sessionKey, format }: DeltaSealing): BodySealing {
  const { iv, key: aesKey } = readSessionKey(sessionKey, key);
  return { iv, key: aesKey, privateKey: createPrivateKey(key.privatePem), format };
}

function toFileBody(made: PackedBody | undefined, holderSha256: string): FileBody {
  if (!made) throw new TypeError('a file of the bundle has no body');
  const { sha256, sizeBytes, isBrotli, offset, sealedHash } = made;
  return { sha256, sizeBytes, isBrotli, holderSha256, holderOffset: offset, sealedHash };
}
