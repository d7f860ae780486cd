import { createPrivateKey } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { throwIfAborted } from '../app-error.ts';
import { needsBrotli } from '../bundles/body-rules.ts';
import type { BuildFile } from '../bundles/build-file.ts';
import type { DeflatePool } from '../bundles/deflate-pool.ts';
import type { BodySealing } from '../bundles/deflate-protocol.ts';
import type { PackedBundle, PackedEntry } from '../bundles/pack-bundle.ts';
import { type BodyOrder, packDelta, type PackedBody } from '../bundles/pack-delta.ts';
import type { PrivateKeyMaterial } from '../crypto/key-material.ts';
import { readSessionKey, type EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { FileBody, ReleaseFile, ReleaseFileRepository } from '../storage/release-file-repository.ts';

/** How the release is encrypted: the same session key for its bundle and each body (protocol/clients.md §4.6). */
export type DeltaSealing = {
  readonly key: PrivateKeyMaterial;
  readonly sessionKey: string;
  readonly format: EnvelopeFormat;
};

export type DeltaInput = {
  readonly files: readonly BuildFile[];
  readonly packed: PackedBundle;
  readonly sealing: DeltaSealing | null;
  /** Where the bodies that are new go. */
  readonly packPath: string;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
};

export type DeltaDeps = {
  readonly pool: DeflatePool;
  readonly blobs: BlobStore;
  readonly releaseFiles: ReleaseFileRepository;
};

export type Delta = {
  readonly files: readonly ReleaseFile[];
  /** Bodies of all files together. */
  readonly bytes: number;
  /** What has to be stored with the release: bodies that no release has yet. Null when there are none. */
  readonly pack: { readonly path: string; readonly sha256: string } | null;
  /** Stored files that the release will refer to, and which it did not make. Pinned until `Delta` is disposed. */
  readonly reused: ReadonlySet<string>;
} & Disposable;

/** Files looked up in one turn of the event loop: about 3 ms. */
const LOOKUPS = 100;

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
  const made =
    plan.orders.length === 0 ? null : await packDelta(plan.orders, input.packPath, { pool, sealing, signal, report });

  const madeByPath = new Map(made?.bodies.map((body) => [body.path, body]));
  const packSha256 = made?.sha256 ?? '';
  let bytes = 0;
  const files = input.packed.entries.map(({ path, sha256, sizeBytes }): ReleaseFile => {
    const body = plan.known.get(path) ?? toFileBody(madeByPath.get(plan.twins.get(path) ?? path), packSha256);
    const sealedHash = plan.seals.get(sha256) ?? body.sealedHash;
    bytes += body.sizeBytes;
    return { path, sha256, sizeBytes, body: { ...body, sealedHash } };
  });
  const kept = pins.move();
  return {
    files,
    bytes,
    pack: made && { path: input.packPath, sha256: made.sha256 },
    reused: plan.reused,
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
  /** Sealed hashes by content. */
  readonly seals: Map<string, string>;
  readonly reused: Set<string>;
};

async function planBodies(input: DeltaInput, deps: DeltaDeps, pins: DisposableStack): Promise<BodyPlan> {
  const { packed, sealing } = input;
  const filesByPath = new Map(input.files.map((file) => [file.path, file]));
  const plan: BodyPlan = { orders: [], known: new Map(), twins: new Map(), seals: new Map(), reused: new Set() };
  const firsts = new Map<string, string>();
  for (const [index, entry] of packed.entries.entries()) {
    if (index % LOOKUPS === LOOKUPS - 1) {
      await nextTurn();
      throwIfAborted(input.signal);
    }
    const file = filesByPath.get(entry.path);
    if (!file) continue;
    const body = sealing ? null : knownBody(entry, packed, deps, plan.reused, pins);
    if (body) {
      plan.known.set(entry.path, body);
      continue;
    }
    const seal = sealing && knownSeal(entry, sealing, deps);
    if (seal) plan.seals.set(entry.sha256, seal);
    // A file that needs brotli and one that does not may have the same content.
    const content = `${entry.sha256} ${needsBrotli(entry)}`;
    const first = firsts.get(content);
    if (first === undefined) {
      firsts.set(content, entry.path);
      const { sha256, storedAt } = entry;
      plan.orders.push({ file, sha256, isCompressible: storedAt === null, hasSeal: !sealing || seal !== null });
    } else {
      plan.twins.set(entry.path, first);
    }
  }
  return plan;
}

function knownBody(
  entry: PackedEntry,
  { sha256: zipSha256 }: PackedBundle,
  { releaseFiles, blobs }: DeltaDeps,
  reused: Set<string>,
  pins: DisposableStack,
): FileBody | null {
  const isForced = needsBrotli(entry);
  const { sha256, sizeBytes, storedAt } = entry;
  if (storedAt !== null && !isForced) {
    return { sha256, sizeBytes, isBrotli: false, holderSha256: zipSha256, holderOffset: storedAt, sealedHash: null };
  }
  const body = releaseFiles.plainBodies(sha256).find(({ isBrotli }) => isBrotli || !isForced);
  if (body && !reused.has(body.holderSha256)) {
    reused.add(body.holderSha256);
    pins.use(blobs.pin(body.holderSha256));
  }
  return body ?? null;
}

function knownSeal({ sha256 }: PackedEntry, { key, format }: DeltaSealing, { releaseFiles }: DeltaDeps): string | null {
  const seals = releaseFiles.seals(sha256, key.fingerprint);
  return seals.find((seal) => /^[0-9a-f]+$/.test(seal) === (format === 'v3')) ?? null;
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
