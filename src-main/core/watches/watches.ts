import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';

import { v7 as uuidv7 } from 'uuid';

import type { WireError } from '#contract/errors.ts';
import type { Job } from '#contract/models/job.ts';
import { publishResultSchema } from '#contract/models/release.ts';
import type { Watch, WatchResult } from '#contract/models/watch.ts';

import { AppError, systemErrorCode } from '../app-error.ts';
import { createMutex } from '../mutex.ts';
import type { PublishDeps, PublishInput } from '../releases/publish.ts';
import { holdsPath } from '../storage/output-path.ts';
import { toTimestamp } from '../storage/time.ts';
import type { WatchRecord, WatchRepository } from '../storage/watch-repository.ts';
import { judgeBuild, verdictOfFailure } from './judge-build.ts';
import type { Verdict } from './settle.ts';
import { startWatcher, type Watcher, type WatcherStatus } from './watcher.ts';

export type WatchOptions = {
  /** Null: the app's default channel. */
  readonly channel: string | null;
  /** Name of a key of the vault; null: plain releases. */
  readonly key: string | null;
  readonly delta: boolean;
  readonly allowWarnings: boolean;
};

export type WatchChange = { readonly [Option in keyof WatchOptions]?: WatchOptions[Option] | undefined } & {
  readonly isOn?: boolean | undefined;
};

export type WatchService = AsyncDisposable & {
  /** Oldest first. */
  list(): Watch[];
  get(watchId: string): Watch;
  /**
   * Watches a folder for an app, which is added when it is not there; what is watched already gets the new options and is
   * switched on. Rejects with `SOURCE_NOT_FOUND`, `WATCH_NEEDS_FOLDER`, `WATCH_HOLDS_DATA`, `APP_ID_INVALID`,
   * `CHANNEL_NOT_FOUND`, `KEY_NOT_FOUND`, `KEY_PRIVATE_MISSING`.
   */
  add(input: WatchOptions & { readonly appId: string; readonly path: string }): Promise<Watch>;
  /** Changes what is given. Rejects with `WATCH_NOT_FOUND` and as `add` does. */
  update(watchId: string, change: WatchChange): Promise<Watch>;
  /** Publishes what is there now, although the last try was refused. */
  tryAgain(watchId: string): Watch;
  remove(watchId: string): Promise<void>;
  /** Takes up those that are on: once phones can be served. */
  resume(): void;
};

export type WatchDeps = {
  readonly watches: WatchRepository;
  readonly publish: (input: PublishInput) => string;
  readonly publishDeps: PublishDeps;
  readonly dataDir: string;
};

type Running = { readonly watcher: Watcher; status: WatcherStatus | null };

export function createWatches({ watches, publish, publishDeps, dataDir }: WatchDeps): WatchService {
  const { apps, appService, channels, releases, jobs, events, ports, vault, keys, pool, packCache } = publishDeps;
  const running = new Map<string, Running>();

  function record(watchId: string): WatchRecord {
    const found = watches.get(watchId);
    if (!found) throw new AppError('WATCH_NOT_FOUND', { watchId });
    return found;
  }

  function present(watch: WatchRecord): Watch {
    const { watchId, appId, path, channel, hasDelta: delta, allowWarnings, isOn, results } = watch;
    const status = running.get(watchId)?.status;
    return {
      watchId,
      appId,
      path,
      folder: status?.folder ?? path,
      channel,
      key: keyNameOf(watch),
      delta,
      allowWarnings,
      isOn,
      state: isOn ? (status?.state ?? 'settling') : 'off',
      mode: status?.mode ?? 'events',
      pollingReason: status?.pollingReason ?? null,
      lastResult: results.last,
      lastPublish: results.lastPublish,
      createdAt: toTimestamp(watch.createdAtMs),
    };
  }

  function announce({ appId, watchId }: Pick<WatchRecord, 'appId' | 'watchId'>): void {
    events.emit('watch.changed', { appId, watchId });
  }

  function keyNameOf({ keyFingerprint }: WatchRecord): string | null {
    return keyFingerprint === null ? null : (keys.byFingerprint(keyFingerprint)?.name ?? null);
  }

  function fingerprintOf(key: string | null): string | null {
    if (key === null) return null;
    const found = vault.get(key);
    if (!found.hasPrivate) throw new AppError('KEY_PRIVATE_MISSING', { name: found.name });
    return found.fingerprint;
  }

  function assertChannel(appId: string, channel: string | null): void {
    if (channel === null || channels.list(appId).some(({ name }) => name === channel)) return;
    throw new AppError('CHANNEL_NOT_FOUND', { appId, channel });
  }

  function start({ watchId, path }: WatchRecord): void {
    if (running.has(watchId)) return;
    const watcher = startWatcher({
      path,
      pool,
      judge: (folder, options) => judge(watchId, folder, options),
      onStatus(status) {
        const own = running.get(watchId);
        if (own) own.status = status;
        const watch = watches.get(watchId);
        if (watch) announce(watch);
      },
      onError: (error) => ports.logger.error({ err: error, watchId }, 'a watch failed unexpectedly; it goes on'),
    });
    running.set(watchId, { watcher, status: null });
  }

  async function stop(watchId: string): Promise<void> {
    const own = running.get(watchId);
    running.delete(watchId);
    await own?.watcher[Symbol.asyncDispose]();
  }

  /** Keeps how a build ended; the record may have changed or gone since it was read. */
  function conclude(watchId: string, last: WatchResult, treeSha256: string | null): void {
    const watch = watches.get(watchId);
    if (!watch) return;
    const { at } = last;
    const lastPublish =
      last.kind === 'published' ? { at, releaseId: last.releaseId, version: last.version } : watch.results.lastPublish;
    watches.save({ ...watch, treeSha256: treeSha256 ?? watch.treeSha256, results: { last, lastPublish } });
    announce(watch);
  }

  const now = (): string => toTimestamp(ports.clock.now());

  async function judge(
    watchId: string,
    folder: string,
    options: { readonly isLastChance: boolean; readonly signal: AbortSignal },
  ): Promise<Verdict> {
    const watch = watches.get(watchId);
    if (!watch) return 'done';
    const { allowWarnings } = watch;
    const judgement = await judgeBuild(folder, { ...options, allowWarnings, pool, packCache });
    if (judgement.kind === 'incomplete' || judgement.kind === 'changed') return judgement.kind;
    if (judgement.kind === 'refused') {
      const findings = [...judgement.findings];
      conclude(watchId, { kind: 'failed', at: now(), error: judgement.error, findings }, null);
      return verdictOfRefusal(judgement.error);
    }
    const { treeSha256 } = judgement;
    if (treeSha256 === (watch.treeSha256 ?? publishedTree(watch))) {
      conclude(watchId, { kind: 'unchanged', at: now() }, treeSha256);
      return 'done';
    }
    return await publishAndConclude(watch, folder, options.signal);
  }

  /** The content that the channel offers now. */
  function publishedTree({ appId, channel }: WatchRecord): string | null {
    const target = channels
      .list(appId)
      .find(({ name, isDefault }) => (channel === null ? isDefault : name === channel));
    return target?.target.kind === 'release' ? releases.treeSha256(target.target.releaseId) : null;
  }

  async function publishAndConclude(watch: WatchRecord, folder: string, signal: AbortSignal): Promise<Verdict> {
    const { watchId } = watch;
    const fail = (error: WireError): Verdict => {
      const verdict = verdictOfFailure(error);
      if (verdict !== 'changed') conclude(watchId, { kind: 'failed', at: now(), error, findings: [] }, null);
      return verdict;
    };
    let job: Job;
    try {
      // Asked before a job is made of it: while the listener is down there would be one every half minute.
      await ports.deviceOrigin.loopback();
      job = await runPublish(watch, folder, signal);
    } catch (error) {
      if (error instanceof AppError) return fail(error.toWire());
      throw error;
    }
    if (job.state !== 'succeeded') {
      signal.throwIfAborted();
      return fail(job.error ?? { code: 'CANCELLED', params: {} });
    }
    const { releaseId, version } = publishResultSchema.parse(job.result);
    conclude(watchId, { kind: 'published', at: now(), releaseId, version }, releases.treeSha256(releaseId));
    return 'done';
  }

  async function runPublish(watch: WatchRecord, folder: string, signal: AbortSignal): Promise<Job> {
    const { appId, channel, keyFingerprint, allowWarnings, hasDelta: delta } = watch;
    const key = keyNameOf(watch);
    if (keyFingerprint !== null && key === null) {
      throw new AppError('KEY_NOT_FOUND', { name: keyFingerprint.slice(0, 20) });
    }
    const jobId = publish({
      appId,
      source: { kind: 'path', path: folder },
      allowWarnings,
      delta,
      ...(channel === null ? {} : { channel }),
      ...(key === null ? {} : { key }),
    });
    const cancel = (): void => jobs.cancel(jobId);
    signal.addEventListener('abort', cancel);
    try {
      if (signal.aborted) cancel();
      return await jobs.wait(jobId);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** The watches of an app that was removed went with it. */
  const unsubscribe = events.subscribe(({ name }) => {
    if (name !== 'app.changed') return;
    for (const watchId of running.keys()) if (!watches.get(watchId)) void stop(watchId);
  });

  /** One change at a time, each on what the watcher left when it had stopped. */
  const inTurn = createMutex();

  function change(
    find: () => WatchRecord | undefined,
    revise: (before: WatchRecord | undefined) => WatchRecord,
  ): Promise<Watch> {
    return inTurn(async () => {
      const watchId = find()?.watchId;
      if (watchId !== undefined) await stop(watchId);
      // Read again: it may have ended a publish while it stopped.
      const watch = revise(find());
      watches.save(watch);
      if (watch.isOn) start(watch);
      announce(watch);
      return present(watch);
    });
  }

  return {
    list: () => watches.list().map(present),
    get: (watchId) => present(record(watchId)),
    async add({ appId, path: given, channel, key, delta, allowWarnings }) {
      await assertWatchable(given, dataDir);
      const path = resolve(given);
      const keyFingerprint = fingerprintOf(key);
      if (apps.get(appId)) assertChannel(appId, channel);
      appService.ensure({ appId });
      assertChannel(appId, channel);
      return await change(
        () => watches.find(appId, path),
        (before) => ({
          watchId: before?.watchId ?? uuidv7(),
          appId,
          path,
          channel,
          keyFingerprint,
          hasDelta: delta,
          allowWarnings,
          isOn: true,
          // Another channel has another content.
          treeSha256: before?.channel === channel ? before.treeSha256 : null,
          results: before?.results ?? { last: null, lastPublish: null },
          createdAtMs: before?.createdAtMs ?? ports.clock.now(),
        }),
      );
    },
    async update(watchId, wanted) {
      const { appId } = record(watchId);
      if (wanted.channel !== undefined) assertChannel(appId, wanted.channel);
      const keyFingerprint = wanted.key === undefined ? undefined : fingerprintOf(wanted.key);
      return await change(
        () => record(watchId),
        () => {
          const before = record(watchId);
          const channel = wanted.channel === undefined ? before.channel : wanted.channel;
          return {
            ...before,
            channel,
            keyFingerprint: keyFingerprint === undefined ? before.keyFingerprint : keyFingerprint,
            hasDelta: wanted.delta ?? before.hasDelta,
            allowWarnings: wanted.allowWarnings ?? before.allowWarnings,
            isOn: wanted.isOn ?? before.isOn,
            treeSha256: channel === before.channel ? before.treeSha256 : null,
          };
        },
      );
    },
    tryAgain(watchId) {
      const watch = record(watchId);
      running.get(watchId)?.watcher.tryAgain();
      return present(watch);
    },
    remove(watchId) {
      return inTurn(async () => {
        const watch = record(watchId);
        watches.remove(watchId);
        await stop(watchId);
        announce(watch);
      });
    },
    resume() {
      for (const watch of watches.list()) if (watch.isOn) start(watch);
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await Promise.all([...running.keys()].map(stop));
    },
  };
}

/** A disk that is full, or a folder that may be readable again: tried again without a change. */
function verdictOfRefusal({ code }: WireError): Verdict {
  return code === 'SOURCE_UNREADABLE' || code === 'DISK_FULL' ? 'retry' : 'done';
}

/** A folder, or one that may still come: its parent is there. */
async function assertWatchable(path: string, dataDir: string): Promise<void> {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new AppError('BAD_INPUT', { reason: 'the path of the folder must be absolute' });
  }
  // A release goes into the data folder: published from there, each would be the reason for the next.
  if (holdsPath(path, dataDir) || holdsPath(dataDir, path)) throw new AppError('WATCH_HOLDS_DATA', { path, dataDir });
  const isThere = await isFolder(path);
  if (isThere === false) throw new AppError('WATCH_NEEDS_FOLDER', { path });
  if (isThere === null && (await isFolder(dirname(path))) !== true) throw new AppError('SOURCE_NOT_FOUND', { path });
}

/** Null: there is nothing. */
async function isFolder(path: string): Promise<boolean | null> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return null;
    throw new AppError('SOURCE_UNREADABLE', { path, reason: systemErrorCode(error) ?? 'unknown' }, { cause: error });
  }
}
