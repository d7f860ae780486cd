import { stat } from 'node:fs/promises';

import type { Activity } from '#contract/models/activity.ts';
import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';

import type { ActivityLog } from '../activity/activity-log.ts';
import { logged } from '../activity/logged.ts';
import { systemErrorCode } from '../app-error.ts';
import type { AppEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { DeviceGateway, DownloadTicket } from '../device-gateway.ts';
import type { Clock, Logger } from '../ports.ts';
import { FETCH_BACK_HEADER, type FetchBackSecret } from '../releases/fetch-back-secret.ts';
import { missingFiles, readReleaseFiles, type MissingFiles } from '../releases/missing-files.ts';
import type { ActivityRecord } from '../storage/activity-repository.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { ReleaseFileRepository, ServedBody } from '../storage/release-file-repository.ts';
import type { DeviceBook } from './device-book.ts';
import { isReplay, rowOf, silentTicket, type RowBase } from './downloads.ts';
import type { OfferTags } from './offer-tags.ts';
import { createResumeGuard, type ResumeAnswer } from './resume-guard.ts';

/** How often files under way are written down and announced. */
const PROGRESS_EVERY_MS = 200;
/** Silence after which a device is taken to have all it wanted. Clients ask for the next file at once. */
const QUIET_MS = 3_000;

type FileRequest = Parameters<DeviceGateway['openFile']>[0];

export type FileDownloads = {
  /** Null: no release of this app has that body, or it is gone from the disk; the log says which. */
  open(
    app: AppEntry,
    request: FileRequest,
    file: { readonly sha256: string; readonly tag: string | null },
  ): Promise<DownloadTicket | null>;
  /** Whether files are on their way to a device, or were just now. */
  isTransferring(appId: string, deviceId: string): boolean;
};

export type FileDownloadsDeps = {
  readonly database: Database;
  readonly devices: DeviceRepository;
  readonly releaseFiles: ReleaseFileRepository;
  readonly book: DeviceBook;
  readonly log: ActivityLog;
  readonly blobs: BlobStore;
  readonly tags: OfferTags;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secret: FetchBackSecret;
};

/** The files that one device fetches of one release: one row of the log, however many they are. */
type Group = {
  readonly base: RowBase;
  readonly version: string;
  readonly release: ReleaseEntry | null;
  readonly startedMs: number;
  /** What the device lacks; null until it was found out. */
  missing: MissingFiles | null;
  row: Activity | null;
  /** Bodies that were sent whole. */
  readonly sent: Set<string>;
  /** Bodies that could not be sent, or whose connection broke, and which were not sent since. */
  readonly failed: Map<string, number>;
  active: number;
  sentBytes: number;
  progressTimer: NodeJS.Timeout | undefined;
  quietTimer: NodeJS.Timeout | undefined;
};

export function createFileDownloads(deps: FileDownloadsDeps): FileDownloads {
  const { database, devices, releaseFiles, book, log, blobs, tags, clock, logger, secret } = deps;
  const groups = new Map<string, Group>();
  /** Groups by device. */
  const transferring = new Map<string, number>();
  /** By app: devices and contents may be the same in two. */
  const guards = new Map<string, ReturnType<typeof createResumeGuard>>();

  function guardOf(appId: string): ReturnType<typeof createResumeGuard> {
    const guard = guards.get(appId) ?? createResumeGuard((sha256) => releaseFiles.rivals(appId, sha256));
    guards.set(appId, guard);
    return guard;
  }

  function write(group: Group, work: () => Activity | null): void {
    const { app, deviceId } = group.base;
    database
      .enqueueWrite(work)
      .then((row) => {
        log.announce(row ? [row] : []);
        if (deviceId !== null) log.announceDevice(app.appId, deviceId);
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'downloads could not be logged'));
  }

  function groupFor(base: RowBase, release: ReleaseEntry | null, version: string): Group {
    const key = keyOf(base, version);
    const known = groups.get(key);
    if (known) return known;
    const group: Group = {
      base,
      version,
      release,
      startedMs: performance.now(),
      missing: null,
      row: null,
      sent: new Set(),
      failed: new Map(),
      active: 0,
      sentBytes: 0,
      progressTimer: undefined,
      quietTimer: undefined,
    };
    groups.set(key, group);
    count(group, 1);
    write(group, () => {
      advance(group, 'transfer_started');
      group.row = log.add({ ...rowOf(base), outcome: 'running', ...progressOf(group) });
      return group.row;
    });
    findMissing(group).catch((error: unknown) => logger.warn({ err: error }, 'the files of a release cannot be read'));
    return group;
  }

  function count({ base: { app, deviceId } }: Group, step: 1 | -1): void {
    if (deviceId === null) return;
    const key = `${app.appId}\n${deviceId}`;
    const next = (transferring.get(key) ?? 0) + step;
    if (next > 0) transferring.set(key, next);
    else transferring.delete(key);
  }

  async function findMissing(group: Group): Promise<void> {
    const { app, deviceId } = group.base;
    if (!group.release || deviceId === null) return;
    const device = devices.get(app.appId, deviceId);
    const running = device && !device.isOnBuiltin ? device.bundleVersion : null;
    const before = app.releasesById.values().find(({ version }) => version === running);
    const after = await readReleaseFiles(releaseFiles, group.release.releaseId);
    group.missing = await missingFiles(before ? await readReleaseFiles(releaseFiles, before.releaseId) : [], after);
  }

  function isComplete({ missing, sent, failed }: Group): boolean {
    if (missing === null || failed.size > 0 || missing.files === 0 || sent.size < missing.bodies.size) return false;
    return [...missing.bodies].every((sha256) => sent.has(sha256));
  }

  function advance(group: Group, kind: 'transfer_started' | 'transfer_moved'): void {
    const { app, deviceId } = group.base;
    if (deviceId === null) return;
    const totalBytes = Math.max(1, totalOf(group) ?? group.sentBytes + 1);
    // The bytes alone do not say that it has everything: some may have been sent twice.
    const sentBytes = isComplete(group) ? totalBytes : Math.min(group.sentBytes, totalBytes - 1);
    book.advance(app, deviceId, {
      kind,
      atMs: clock.now(),
      version: group.version,
      transfer: { sentBytes, totalBytes },
    });
  }

  function progressOf(group: Group): Pick<ActivityRecord, 'summary' | 'sentence' | 'bytesSent' | 'bytesTotal'> {
    return {
      ...logged(filesSentence(group, 'COMING')),
      bytesSent: group.sentBytes,
      bytesTotal: totalOf(group),
    };
  }

  function move(group: Group): void {
    group.progressTimer ??= setTimeout(() => {
      group.progressTimer = undefined;
      write(group, () => {
        advance(group, 'transfer_moved');
        group.row = group.row && log.update(group.row, { ...group.row, ...progressOf(group) });
        return group.row;
      });
    }, PROGRESS_EVERY_MS).unref();
  }

  function rest(key: string, group: Group): void {
    clearTimeout(group.quietTimer);
    group.quietTimer = undefined;
    if (group.active > 0) return;
    group.quietTimer = setTimeout(() => end(key, group), QUIET_MS).unref();
  }

  function end(key: string, group: Group): void {
    clearTimeout(group.progressTimer);
    groups.delete(key);
    count(group, -1);
    const { sentBytes, failed, sent } = group;
    const [status] = failed.values();
    write(group, () => {
      advance(group, 'transfer_moved');
      group.row =
        group.row &&
        log.update(group.row, {
          outcome: failed.size > 0 ? 'failed' : 'ok',
          ...logged(failed.size > 0 && sent.size === 0 ? failedSentence(group) : filesSentence(group, 'CAME')),
          status: status ?? 200,
          durationMs: performance.now() - group.startedMs,
          bytesSent: sentBytes,
          bytesTotal: totalOf(group) ?? sentBytes,
        });
      return group.row;
    });
  }

  async function bytesAt(body: ServedBody): Promise<boolean> {
    try {
      const found = await stat(blobs.path(body.holderSha256));
      return found.isFile() && found.size >= body.holderOffset + body.sizeBytes;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') logger.warn({ err: error }, 'a stored file cannot be read');
      return false;
    }
  }

  return {
    isTransferring: (appId, deviceId) => transferring.has(`${appId}\n${deviceId}`),
    async open(app, request, { sha256, tag: text }) {
      const isFetchBack = secret.matches(request.headers[FETCH_BACK_HEADER]);
      const tag = text === null ? null : tags.find(app.appId, text);
      const body = releaseFiles.served(app.appId, sha256, isFetchBack);
      const release = app.releasesById.get(tag?.releaseId ?? body?.releaseId ?? '') ?? null;
      const version = release?.version ?? body?.version ?? null;
      const isThere = body !== undefined && (await bytesAt(body));
      if (body && !isThere) logger.error({ sha256, version }, 'what a release needs is missing or has another size');
      const { sizeBytes = 0, holderOffset: offset = 0 } = body ?? {};
      // Our own check is no download, and neither is asking for the size.
      if (isFetchBack || request.method === 'HEAD') {
        return body && isThere ? silentTicket({ filePath: blobs.path(body.holderSha256), offset, sizeBytes }) : null;
      }
      // Sent again by a person: the device is where it was.
      const deviceId = isReplay(request) ? null : (tag?.deviceId ?? null);
      const base: RowBase = { app, request, deviceId, version, atMs: clock.now() };
      const group = groupFor(base, release, version ?? 'an unknown release');
      const key = keyOf(base, group.version);
      if (!body || !isThere) {
        group.failed.set(sha256, 404);
        move(group);
        rest(key, group);
        return null;
      }
      const hasRange = request.headers['range'] !== undefined;
      const resume = isReplay(request)
        ? { mayResume: true, sentWhole: () => undefined }
        : guardOf(app.appId).ask({ device: deviceId, body: { ...body, sha256 }, hasRange });
      return ticketOf(key, group, sha256, { filePath: blobs.path(body.holderSha256), offset, sizeBytes }, resume);
    },
  };

  function ticketOf(
    key: string,
    group: Group,
    sha256: string,
    at: Pick<DownloadTicket, 'filePath' | 'offset' | 'sizeBytes'>,
    { mayResume, sentWhole }: ResumeAnswer,
  ): DownloadTicket {
    let sent = 0;
    let isEnded = false;
    group.active += 1;
    clearTimeout(group.quietTimer);
    return {
      ...at,
      mayResume,
      begin: () => undefined,
      progress(bytes) {
        group.sentBytes += bytes - sent;
        sent = bytes;
        move(group);
      },
      end(outcome, status) {
        if (isEnded) return;
        isEnded = true;
        group.active -= 1;
        if (outcome === 'complete') {
          group.sent.add(sha256);
          group.failed.delete(sha256);
          if (status === 200) sentWhole();
        } else if (!group.sent.has(sha256)) {
          group.failed.set(sha256, status);
        }
        move(group);
        rest(key, group);
      },
    };
  }
}

function keyOf({ app, deviceId, request }: RowBase, version: string): string {
  return [app.appId, deviceId ?? request.remoteAddress, version, request.replayOf ?? ''].join('\n');
}

function totalOf({ missing, release }: Group): number | null {
  if (missing && missing.files > 0) return missing.bytes;
  return release?.delta?.bytes ?? null;
}

/** `12 of 4,325 files of 1.0.7, 340 KiB`. */
function filesSentence(group: Group, tense: 'COMING' | 'CAME'): ActivitySentence {
  const { base, sent, failed, version, release, sentBytes } = group;
  if (base.version === null) return failedSentence(group);
  const values = { sentCount: sent.size, version, sentBytes };
  const allCount = release?.delta?.files;
  if (failed.size === 0) {
    return allCount === undefined ? told(`FILES_${tense}`, values) : told(`FILES_${tense}_OF`, { ...values, allCount });
  }
  const withFailed = { ...values, failedCount: failed.size };
  return allCount === undefined
    ? told(`FILES_${tense}_FAILED`, withFailed)
    : told(`FILES_${tense}_OF_FAILED`, { ...withFailed, allCount });
}

function failedSentence({ base, failed, version }: Group): ActivitySentence {
  const failedCount = failed.size;
  return base.version === null
    ? told('FILES_UNKNOWN', { failedCount })
    : told('FILES_NOT_SENT', { failedCount, version });
}
