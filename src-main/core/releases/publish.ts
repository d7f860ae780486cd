import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { v7 as uuidv7 } from 'uuid';

import type { ErrorCode } from '#contract/errors.ts';
import { DEFAULT_CHANNEL } from '#contract/models/channel.ts';
import type { Inspection } from '#contract/models/finding.ts';
import type { Bump, BuildSource, PublishResult } from '#contract/models/release.ts';

import { AppError, asStorageError, throwIfAborted } from '../app-error.ts';
import { assertAppId } from '../apps/apps.ts';
import { locateBuild, type LocatedBuild } from '../builds/build-source.ts';
import { startWith } from '../builds/builds.ts';
import { inspectOpenBuild } from '../builds/inspect-build.ts';
import { treeDigestOf } from '../builds/tree-digest.ts';
import { openBuild, type OpenBuild } from '../bundles/build-files.ts';
import { packBundle, type PackedBundle } from '../bundles/pack-bundle.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { JobContext, JobStepPlan } from '../jobs/job-runner.ts';
import type { VaultKey } from '../keys/key-vault.ts';
import { projectKeyId } from '../projects/project-key.ts';
import type { CapacitorProject } from '../projects/project.ts';
import type { ChannelRecord } from '../storage/channel-repository.ts';
import { assertKeyFits, type KeyReaders } from './key-fit.ts';
import { filesWithoutDelta, makeDelta, type Delta } from './make-delta.ts';
import type { PublishDeps } from './publish-deps.ts';
import { leavePlain, sealBundle, type SealedBundle } from './seal-bundle.ts';
import { storeRelease, type StoredRecord } from './store-release.ts';
import { verifyStored } from './verify-stored.ts';
import { isValidVersion, suggestVersion } from './versions.ts';

export type { PublishDeps } from './publish-deps.ts';

export type PublishInput = {
  readonly appId: string;
  /** Of an app that comes with this publish; without it the project's. */
  readonly appName?: string | undefined;
  readonly source: BuildSource;
  /** Semantic version; without it the next one is taken. */
  readonly version?: string | undefined;
  readonly bump?: Bump | undefined;
  /** Name; without it the app's default channel. */
  readonly channel?: string | undefined;
  readonly notes?: string | undefined;
  readonly allowWarnings: boolean;
  /** Name of a key of the vault to encrypt with; without it the release is plain. */
  readonly key?: string | undefined;
  readonly format?: EnvelopeFormat | undefined;
  /** Publish though the project or devices have another key. */
  readonly allowKeyMismatch?: boolean | undefined;
  /** Whether devices may fetch single files; true unless told otherwise. */
  readonly delta?: boolean | undefined;
};

/** The steps of a publish, in order: for plans of jobs that publish. */
export function publishSteps({ key, delta = true }: Pick<PublishInput, 'key' | 'delta'>): JobStepPlan[] {
  return [
    { name: 'inspect', weight: 2 },
    { name: 'pack', weight: 5 },
    ...(key === undefined ? [] : [{ name: 'encrypt', weight: 1 }]),
    ...(delta ? [{ name: 'delta', weight: 5 }] : []),
    { name: 'store', weight: 1 },
    { name: 'verify', weight: 2 },
    { name: 'publish', weight: 0.2 },
  ];
}

/**
 * Starts the job that takes a build live; its result is a `PublishResult`.
 * Throws at once what can be told at once: `APP_ID_INVALID`, `VERSION_INVALID`, `VERSION_EXISTS`, `CHANNEL_NOT_FOUND`,
 * `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`, `KEY_NOT_FOUND`, `KEY_PRIVATE_MISSING`, `KEY_RETIRED`.
 */
export function startPublish(input: PublishInput, deps: PublishDeps): string {
  assertAppId(input.appId);
  if (input.version !== undefined) {
    if (!isValidVersion(input.version)) throw new AppError('VERSION_INVALID', { version: input.version });
    deps.versions.assertFree(input.appId, input.version);
  }
  if (deps.apps.get(input.appId)) findChannel(input, deps);
  else assertDefaultName(input);

  assertCanEncrypt(input, deps);

  const build = locateBuild(input.source, deps.uploads);
  const steps = publishSteps(input);
  const plan = { kind: 'publish', title: input.version ?? build.name, appId: input.appId, steps } as const;
  return startWith(build, deps.jobs, plan, async (job) => {
    const result = await publish(input, build, job, deps);
    await tidyUp(input, deps);
    return result;
  });
}

/** Publishes inside a running job that has the steps of a publish. Rejects as the job then fails. */
export async function publish(
  input: PublishInput,
  source: Pick<LocatedBuild, 'path'>,
  job: JobContext,
  deps: PublishDeps,
): Promise<PublishResult> {
  const { signal } = job;
  const startedMs = Date.now();
  const { build, reuse, inspection } = await job.step('inspect', async (report) => {
    // What is known of it is read while its folder is listed.
    const loading = deps.packCache.load(resolve(source.path));
    job.onEnd(async () => (await loading)?.[Symbol.asyncDispose]());
    const build = await openBuild(source.path, { signal, pool: deps.pool });
    job.onEnd(async () => build[Symbol.asyncDispose]());
    return { build, reuse: await loading, inspection: await inspectOpenBuild(build, { signal, report }) };
  });
  job.keepResult(inspection);
  refuseFindings(inspection, input.allowWarnings);
  job.keepResult(null);
  const key = input.key === undefined ? null : deps.vault.get(input.key);
  // Opened for a moment now: nobody should wait for the packing to hear that the vault is locked.
  if (key) await deps.vault.openPrivate(key.name);
  if (!input.allowKeyMismatch) assertKeyFits(key?.keyId ?? null, readersOf(input.appId, build.project, deps));
  // Asked now: nobody should wait for the packing to hear that the listener is down.
  await deps.ports.deviceOrigin.loopback();

  const version = input.version ?? nextVersion(input, inspection, deps);
  const reservation = deps.versions.reserve(input.appId, version);
  job.onEnd(() => reservation[Symbol.dispose]());

  const workDir = join(deps.stagingDir, `publish-${job.jobId}`);
  job.onEnd(() => rm(workDir, { recursive: true, force: true }));
  const zipPath = join(workDir, 'bundle.zip');
  const packed = await job.step('pack', async (report) => {
    await makeFolder(workDir);
    // Closed before its successor takes its place.
    await using known = reuse;
    return await packBundle(build, zipPath, { signal, report, pool: deps.pool, reuse: known });
  });
  // A zip's entries are never surely the same, and an upload never comes again: what was kept of it to tell its cost
  // would lie about, with the space of releases long deleted.
  if (build.kind === 'zip' || input.source.kind === 'upload') await deps.packCache.drop(build.sourcePath);
  else await deps.packCache.save(build.sourcePath, { zipPath, startedMs, entries: packed.entries }, build.files);
  await nextTurn();
  const treeSha256 = treeDigestOf(new Map(packed.entries.map(({ path, sha256 }) => [path, sha256])));
  await nextTurn();

  const plain = { path: zipPath, sha256: packed.sha256, sizeBytes: packed.sizeBytes };
  const sealed = key ? await sealBundle(plain, key, input.format ?? 'v3', job, deps.vault) : leavePlain(plain);

  const work = { build, packed, sealed, key, workDir };
  const delta = input.delta === false ? null : await deltaOf(work, input, job, deps);
  const files = delta ? delta.files : filesWithoutDelta(packed);

  const atMs = deps.ports.clock.now();
  const made = { packed, treeSha256, sealed, delta };
  const record = toStoredRecord({ input, version, made, inspection, jobId: job.jobId, atMs });
  const appName = input.appName ?? inspection.project?.name ?? undefined;
  await job.step('store', () =>
    storeRelease({ record, appName, zipPath: sealed.path, files, pack: delta?.pack ?? null }, job, deps),
  );
  try {
    await job.step('verify', (report) =>
      verifyStored({ record, sealed, key, delta, files, workDir }, report, job, deps),
    );
  } catch (error) {
    // The bytes may have rotted in the earlier zip that they were copied from: the next try compresses them anew.
    if (error instanceof AppError && isDoubtful(error.code)) await deps.packCache.drop(build.sourcePath);
    throw error;
  }
  const channel = await job.step('publish', () => Promise.resolve(goLive(record, input, job, deps)));

  return {
    releaseId: record.releaseId,
    appId: input.appId,
    version,
    channel: channel.name,
    checksum: record.checksum,
    size: record.sizeBytes,
    encrypted: key !== null,
    ...(sealed.sessionKey === null ? {} : { sessionKey: sealed.sessionKey }),
    ...(sealed.keyId === null ? {} : { keyId: sealed.keyId }),
    delta: delta && { files: files.length, bytes: delta.bytes },
    findings: inspection.findings,
    timings: job.timings(),
  };
}

/** Bodies for devices that take single files. */
async function deltaOf(
  work: {
    readonly build: OpenBuild;
    readonly packed: PackedBundle;
    readonly sealed: SealedBundle;
    readonly key: VaultKey | null;
    readonly workDir: string;
  },
  input: PublishInput,
  job: JobContext,
  deps: PublishDeps,
): Promise<Delta> {
  const { build, packed, sealed, key, workDir } = work;
  return job.step('delta', async (report) => {
    const { sessionKey } = sealed;
    const sealing =
      key && sessionKey !== null
        ? { key: await deps.vault.openPrivate(key.name), sessionKey, format: input.format ?? 'v3' }
        : null;
    const packPath = join(workDir, 'delta.pack');
    const { signal } = job;
    const delta = await makeDelta(
      { appId: input.appId, files: build.files, packed, sealing, packPath, signal, report },
      deps,
    );
    job.onEnd(() => delta[Symbol.dispose]());
    return delta;
  });
}

function isDoubtful(code: ErrorCode): boolean {
  return code === 'BUNDLE_DAMAGED' || code === 'VERIFY_FAILED';
}

/** Told at once: nobody should wait for the packing to hear that a key can only verify. */
function assertCanEncrypt({ key: name, allowKeyMismatch }: PublishInput, { vault }: PublishDeps): void {
  if (name === undefined) return;
  const key = vault.get(name);
  if (!key.hasPrivate) throw new AppError('KEY_PRIVATE_MISSING', { name: key.name });
  if (key.retiredAtMs !== null && !allowKeyMismatch) throw new AppError('KEY_RETIRED', { name: key.name });
}

function readersOf(appId: string, project: CapacitorProject | null, { keys, rotations }: PublishDeps): KeyReaders {
  const rotation = rotations.get(appId);
  const changing = rotation && [rotation.oldFingerprint, rotation.newFingerprint];
  return {
    changing: (changing ?? []).flatMap((fingerprint) => keys.byFingerprint(fingerprint)?.keyId ?? []),
    project: project && !project.isComputed ? { configPath: project.configPath, keyId: projectKeyId(project) } : null,
    devices: keys.readers(appId),
  };
}

function refuseFindings({ findings }: Inspection, allowWarnings: boolean): void {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  if (errors > 0) throw new AppError('BUILD_HAS_ERRORS', { count: errors });
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  if (warnings > 0 && !allowWarnings) throw new AppError('BUILD_HAS_WARNINGS', { count: warnings });
}

function nextVersion({ appId, bump }: PublishInput, { project }: Inspection, { versions }: PublishDeps): string {
  const facts = versions.facts(appId, project?.nativeVersion ?? null);
  return suggestVersion({ ...facts, packageVersion: project?.packageVersion }, bump);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw asStorageError(error);
  }
}

function toStoredRecord({
  input,
  version,
  made: { packed, treeSha256, sealed, delta },
  inspection,
  jobId,
  atMs,
}: {
  readonly input: PublishInput;
  readonly version: string;
  readonly made: {
    readonly packed: PackedBundle;
    readonly treeSha256: string;
    readonly sealed: SealedBundle;
    readonly delta: Delta | null;
  };
  readonly inspection: Inspection;
  readonly jobId: string;
  readonly atMs: number;
}): StoredRecord {
  return {
    releaseId: uuidv7(),
    appId: input.appId,
    version,
    checksum: sealed.checksum,
    blobSha256: sealed.blobSha256,
    sizeBytes: sealed.sizeBytes,
    fileCount: packed.files,
    rawBytes: packed.rawBytes,
    deltaFiles: delta && delta.files.length,
    deltaBytes: delta && delta.bytes,
    sessionKey: sealed.sessionKey,
    keyId: sealed.keyId,
    keyFingerprint: sealed.keyFingerprint,
    treeSha256,
    notes: input.notes ?? null,
    findings: inspection.findings,
    jobId,
    createdAtMs: atMs,
  };
}

/** The one transaction that makes a release real: before it there is none, after it devices are offered it. */
function goLive(
  { releaseId, keyFingerprint }: StoredRecord,
  input: PublishInput,
  job: JobContext,
  deps: PublishDeps,
): ChannelRecord {
  const { database, releases, channels, directory, events, ports } = deps;
  const { appId } = input;
  const channel = database.transaction(() => {
    throwIfAborted(job.signal);
    const target = findChannel(input, deps);
    const atMs = ports.clock.now();
    if (!releases.markReady(releaseId, atMs, job.timings())) throw new AppError('APP_NOT_FOUND', { appId });
    channels.pointAtRelease(target.channelId, releaseId, atMs);
    deps.apps.rememberKey(appId, keyFingerprint);
    return target;
  });
  directory.invalidate(appId);
  events.emit('release.changed', { appId, releaseId });
  events.emit('channel.changed', { appId, channelId: channel.channelId });
  events.emit('app.changed', { appId });
  return channel;
}

/** The release is live: what fails from here on must not undo it. */
async function tidyUp({ appId, source }: PublishInput, { builds, uploads, ports }: PublishDeps): Promise<void> {
  try {
    if (source.kind === 'path') builds.remember(source.path, appId);
    else await uploads.discard(source.uploadId);
  } catch (error) {
    ports.logger.warn({ err: error }, 'tidying up after a publish failed');
  }
}

function findChannel({ appId, channel: name }: PublishInput, { channels }: PublishDeps): ChannelRecord {
  const all = channels.list(appId);
  const found = all.find((channel) => (name === undefined ? channel.isDefault : channel.name === name));
  if (found) return found;
  if (all.length === 0) throw new AppError('APP_NOT_FOUND', { appId });
  throw new AppError('CHANNEL_NOT_FOUND', { appId, channel: name ?? DEFAULT_CHANNEL });
}

/** An app that is not there yet will have its default channel only. */
function assertDefaultName({ appId, channel }: PublishInput): void {
  if (channel !== undefined && channel !== DEFAULT_CHANNEL) throw new AppError('CHANNEL_NOT_FOUND', { appId, channel });
}
