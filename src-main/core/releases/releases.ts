import { stat } from 'node:fs/promises';

import type { Bump, Release, VersionWarning } from '#contract/models/release.ts';

import { AppError, systemErrorCode } from '../app-error.ts';
import type { AppRecord } from '../storage/app-repository.ts';
import type { ReleaseHealth, ReleaseRecord } from '../storage/release-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import { bundlePath } from '../updates/device-paths.ts';
import { startExport, type ExportInput } from './export-release.ts';
import type { PublishDeps } from './publish-deps.ts';
import { startPublish, type PublishInput } from './publish.ts';
import { isValidVersion, suggestVersion, versionWarnings } from './versions.ts';

export type VersionSuggestion = {
  readonly version: string;
  readonly isValid: boolean;
  readonly isFree: boolean;
  readonly latest: string | null;
  readonly nativeVersion: string | null;
  readonly warnings: VersionWarning[];
};

export type ReleaseService = {
  /** Newest first. Throws `APP_NOT_FOUND`. */
  list(appId: string): Release[];
  /** By id or version. Throws `APP_NOT_FOUND`, `RELEASE_NOT_FOUND`. */
  get(appId: string, release: string): Release;
  /** Also for an app that is not there yet. */
  suggestVersion(input: {
    readonly appId: string;
    readonly bump: Bump;
    /** Judge this one instead of suggesting. */
    readonly version?: string | undefined;
    readonly nativeVersion?: string | undefined;
  }): VersionSuggestion;
  /** Starts a job; see `startPublish`. */
  publish(input: PublishInput): string;
  /** Starts a job; see `startExport`. */
  export(input: ExportInput): string;
  /**
   * Its version stays used. Rejects with `RELEASE_IN_USE` while a channel offers or rolls it out or a device is tied to
   * it, unless forced: the channels then offer nothing, and the devices choose again.
   */
  delete(input: {
    readonly appId: string;
    readonly release: string;
    readonly force: boolean;
  }): Promise<{ readonly releaseId: string; readonly version: string; readonly freedBytes: number }>;
};

const noHealth: ReleaseHealth = { updated: 0, failed: 0, rolledBack: 0, inProgress: 0 };

export function createReleases(deps: PublishDeps): ReleaseService {
  const { database, apps, channels, devices, releases, releaseFiles, blobs, storeLock, directory, events, ports } =
    deps;
  const { versions, runSweeper } = deps;

  function findApp(appId: string): AppRecord {
    const app = apps.get(appId);
    if (!app) throw new AppError('APP_NOT_FOUND', { appId });
    return app;
  }

  function findRecord(appId: string, release: string): ReleaseRecord {
    const record = releases.find(appId, release);
    if (!record) throw new AppError('RELEASE_NOT_FOUND', { appId, release });
    return record;
  }

  /** Makes records into what the contract shows, asking for channels and health once. */
  function present(app: AppRecord, records: readonly ReleaseRecord[]): Release[] {
    const health = releases.health(app.appId);
    const users = channels.list(app.appId);
    return records.map((record) => ({
      releaseId: record.releaseId,
      appId: record.appId,
      version: record.version,
      checksum: record.checksum,
      blobSha256: record.blobSha256,
      size: record.sizeBytes,
      files: record.fileCount,
      rawBytes: record.rawBytes,
      delta:
        record.deltaFiles === null || record.deltaBytes === null
          ? null
          : { files: record.deltaFiles, bytes: record.deltaBytes },
      encrypted: record.sessionKey !== null,
      sessionKey: record.sessionKey,
      keyId: record.keyId,
      notes: record.notes,
      findings: [...record.findings],
      timings: record.timings,
      createdAt: toTimestamp(record.createdAtMs),
      verifiedAt: toTimestamp(record.verifiedAtMs ?? record.createdAtMs),
      liveOn: users
        .filter(({ target }) => target.kind === 'release' && target.releaseId === record.releaseId)
        .map(({ name }) => name),
      health: health.get(record.releaseId) ?? noHealth,
      downloadPath: bundlePath(app.token, record.blobSha256),
    }));
  }

  /** The bytes that came free; a file that cannot be removed now goes at the next start. */
  async function removeBlob(sha256: string): Promise<number> {
    if (releases.isBlobLive(sha256)) return 0;
    try {
      const { size } = await stat(blobs.path(sha256));
      await blobs.remove(sha256);
      return (await blobs.has(sha256)) ? 0 : size;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') {
        ports.logger.warn({ err: error }, 'a file that nothing needs could not be removed');
      }
      return 0;
    }
  }

  return {
    list(appId) {
      return present(findApp(appId), releases.list(appId));
    },
    get(appId, release) {
      const app = findApp(appId);
      const [found] = present(app, [findRecord(appId, release)]);
      if (!found) throw new AppError('RELEASE_NOT_FOUND', { appId, release });
      return found;
    },
    suggestVersion({ appId, bump, version: given, nativeVersion }) {
      const facts = { ...versions.facts(appId), ...(nativeVersion === undefined ? {} : { nativeVersion }) };
      const version = given ?? suggestVersion(facts, bump);
      return {
        version,
        isValid: isValidVersion(version),
        isFree: !facts.used.has(version),
        latest: facts.latest,
        nativeVersion: facts.nativeVersion,
        warnings: versionWarnings(version, facts),
      };
    },
    publish: (input) => startPublish(input, deps),
    export: (input) => startExport(input, deps),
    delete({ appId, release, force }) {
      return storeLock(async () => {
        findApp(appId);
        const record = findRecord(appId, release);
        const { releaseId, version } = record;
        const users = channels.using(releaseId);
        const tied = devices.tiedToRelease(releaseId);
        if (users.length + tied.length > 0 && !force) {
          throw new AppError('RELEASE_IN_USE', { version, users: [...users.map(({ name }) => name), ...tied] });
        }
        database.transaction(() => {
          const atMs = ports.clock.now();
          channels.detach(releaseId, atMs);
          devices.untieRelease(releaseId);
          releases.markDeleted(releaseId, atMs);
        });
        directory.invalidate(appId);
        let freedBytes = 0;
        for (const sha256 of releases.blobsOf(releaseId)) freedBytes += await removeBlob(sha256);
        await database.enqueueWrite(() => releaseFiles.detach(releaseId));
        runSweeper.soon();
        events.emit('release.changed', { appId, releaseId });
        for (const { channelId } of users) events.emit('channel.changed', { appId, channelId });
        for (const deviceId of tied) events.emit('device.changed', { appId, deviceId });
        events.emit('app.changed', { appId });
        return { releaseId, version, freedBytes };
      });
    },
  };
}
