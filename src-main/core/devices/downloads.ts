import { stat } from 'node:fs/promises';

import type { Activity } from '#contract/models/activity.ts';
import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';

import type { ActivityLog } from '../activity/activity-log.ts';
import { logged } from '../activity/logged.ts';
import { systemErrorCode } from '../app-error.ts';
import type { AppEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { DeviceGateway, DeviceRequest, DownloadTicket } from '../device-gateway.ts';
import type { Clock, Logger } from '../ports.ts';
import { FETCH_BACK_HEADER, type FetchBackSecret } from '../releases/fetch-back-secret.ts';
import type { ActivityRecord } from '../storage/activity-repository.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import { readDeviceTag } from '../updates/device-tag.ts';
import type { DeviceBook } from './device-book.ts';

/** Header by which our own simulator says that it is no phone. */
export const VIRTUAL_HEADER = 'x-slipway-virtual';

/** How often a transfer under way is written down and announced. */
const PROGRESS_EVERY_MS = 200;

type BundleRequest = Parameters<DeviceGateway['openBundle']>[0];

export type Downloads = {
  /** Null: no release of this app has that file, or it is gone from the disk; a row of the log says which. */
  open(
    app: AppEntry,
    request: BundleRequest,
    file: { readonly sha256: string; readonly deviceTag: string | null },
  ): Promise<DownloadTicket | null>;
  /** Whether bytes are on their way to a device right now. */
  isTransferring(appId: string, deviceId: string): boolean;
};

export type DownloadsDeps = {
  readonly database: Database;
  readonly devices: DeviceRepository;
  readonly book: DeviceBook;
  readonly log: ActivityLog;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secret: FetchBackSecret;
};

export function createDownloads(deps: DownloadsDeps): Downloads {
  const { database, devices, book, log, blobs, clock, logger, secret } = deps;
  /** Transfers under way, by app and device. */
  const active = new Map<string, number>();

  function write(work: () => Activity | null, device: { appId: string; deviceId: string } | null): void {
    database
      .enqueueWrite(work)
      .then((row) => {
        log.announce(row ? [row] : []);
        if (device) log.announceDevice(device.appId, device.deviceId);
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'a download could not be logged'));
  }

  function count(key: string, step: 1 | -1): void {
    const next = (active.get(key) ?? 0) + step;
    if (next > 0) active.set(key, next);
    else active.delete(key);
  }

  /** Equal builds share a file: the one that the device is on its way to, else the newest. */
  function releaseOf(app: AppEntry, deviceId: string | null, releases: readonly ReleaseEntry[]): ReleaseEntry | null {
    const state = deviceId === null ? undefined : devices.get(app.appId, deviceId)?.progress.state;
    const wanted = state && 'version' in state ? state.version : null;
    return releases.find(({ version }) => version === wanted) ?? releases[0] ?? null;
  }

  async function sizeOf(path: string): Promise<number | null> {
    try {
      const found = await stat(path);
      return found.isFile() ? found.size : null;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') logger.warn({ err: error }, 'a stored file cannot be read');
      return null;
    }
  }

  return {
    isTransferring: (appId, deviceId) => active.has(keyOf(appId, deviceId)),
    async open(app, request, { sha256, deviceTag }) {
      const isFetchBack = secret.matches(request.headers[FETCH_BACK_HEADER]);
      const releases = (app.releasesBySha.get(sha256) ?? []).filter(({ state }) => state === 'ready' || isFetchBack);
      const deviceId = deviceTag === null ? null : readDeviceTag(app.token, deviceTag);
      const release = releaseOf(app, deviceId, releases);
      const base = { app, request, deviceId, version: release?.version ?? null, atMs: clock.now() };
      if (!release) {
        write(() => log.add(failedRow(base, 404, told('FILE_UNKNOWN', { appId: app.appId }))), null);
        return null;
      }
      const filePath = blobs.path(sha256);
      if ((await sizeOf(filePath)) !== release.sizeBytes) {
        logger.error({ sha256, version: release.version }, 'the file of a release is missing or has another size');
        write(() => log.add(failedRow(base, 404, told('FILE_DAMAGED', { version: release.version }))), null);
        return null;
      }
      const { sizeBytes } = release;
      // Our own check is no download, and neither is asking for the size.
      if (isFetchBack || request.method === 'HEAD') return silentTicket({ filePath, offset: 0, sizeBytes });
      return createTicket({ filePath, release, base });
    },
  };

  function createTicket({
    filePath,
    release,
    base,
  }: {
    readonly filePath: string;
    readonly release: ReleaseEntry;
    readonly base: RowBase;
  }): DownloadTicket {
    const { app, request } = base;
    // Sent again by a person: the device is where it was.
    const deviceId = isReplay(request) ? null : base.deviceId;
    const { version, sizeBytes } = release;
    const device = deviceId === null ? null : { appId: app.appId, deviceId };
    const key = device && keyOf(device.appId, device.deviceId);
    const startedMs = performance.now();
    let row: Activity | null = null;
    let range = { start: 0, end: sizeBytes - 1 };
    let sentBytes = 0;
    let timer: NodeJS.Timeout | undefined;
    let phase: 'new' | 'running' | 'ended' = 'new';

    function advance(kind: 'transfer_started' | 'transfer_moved' | 'transfer_broken'): void {
      if (deviceId === null) return;
      const transfer = { sentBytes: range.start + sentBytes, totalBytes: sizeBytes };
      book.advance(app, deviceId, { kind, atMs: clock.now(), version, transfer });
    }

    function writeProgress(): void {
      timer = undefined;
      const bytes = sentBytes;
      write(() => {
        advance('transfer_moved');
        row = row && log.update(row, { ...row, bytesSent: bytes });
        return row;
      }, device);
    }

    return {
      filePath,
      offset: 0,
      sizeBytes,
      mayResume: true,
      begin(given) {
        if (phase !== 'new') return;
        phase = 'running';
        range = given;
        if (key) count(key, 1);
        const bytesTotal = range.end - range.start + 1;
        write(() => {
          advance('transfer_started');
          row = log.add({
            ...rowOf(base),
            outcome: 'running',
            ...logged(
              isPart(range, sizeBytes)
                ? told('DOWNLOADING_PART', { version, ...range })
                : told('DOWNLOADING', { version }),
            ),
            bytesSent: 0,
            bytesTotal,
          });
          return row;
        }, device);
      },
      progress(bytes) {
        sentBytes = bytes;
        if (phase !== 'running') return;
        timer ??= setTimeout(writeProgress, PROGRESS_EVERY_MS).unref();
      },
      end(outcome, status) {
        if (phase === 'ended') return;
        const hasBegun = phase === 'running';
        phase = 'ended';
        clearTimeout(timer);
        if (!hasBegun) {
          const problem = status === 416 ? told('BEYOND_END', { version }) : told('FILE_UNREADABLE', { version });
          write(() => log.add(failedRow(base, status, problem)), null);
          return;
        }
        if (key) count(key, -1);
        const durationMs = performance.now() - startedMs;
        const bytesTotal = range.end - range.start + 1;
        const isComplete = outcome === 'complete';
        const percent = Math.floor((sentBytes / Math.max(1, bytesTotal)) * 100);
        const values = { version, sentBytes };
        const broken = { ...values, percent, totalBytes: bytesTotal };
        const whole = isComplete ? told('DOWNLOADED', values) : told('BROKE_OFF', broken);
        const part = isComplete
          ? told('DOWNLOADED_PART', { ...values, ...range })
          : told('BROKE_OFF_PART', { ...broken, ...range });
        const sentence = isPart(range, sizeBytes) ? part : whole;
        write(() => {
          // Another connection may go on with the same file: the device is not held up then.
          advance(isComplete || (key !== null && active.has(key)) ? 'transfer_moved' : 'transfer_broken');
          row =
            row &&
            log.update(row, {
              outcome: isComplete ? 'ok' : 'failed',
              ...logged(sentence),
              status,
              durationMs,
              bytesSent: sentBytes,
              bytesTotal,
            });
          return row;
        }, device);
      },
    };
  }
}

function keyOf(appId: string, deviceId: string): string {
  return `${appId}\n${deviceId}`;
}

/** Of a transfer that nobody is told of. */
export function silentTicket(at: Pick<DownloadTicket, 'filePath' | 'offset' | 'sizeBytes'>): DownloadTicket {
  const ignore = (): void => undefined;
  return { ...at, mayResume: true, begin: ignore, progress: ignore, end: ignore };
}

export type RowBase = {
  readonly app: AppEntry;
  readonly request: BundleRequest;
  readonly deviceId: string | null;
  readonly version: string | null;
  readonly atMs: number;
};

export function rowOf({ app, request, deviceId, version, atMs }: RowBase): Omit<ActivityRecord, 'outcome' | 'summary'> {
  return {
    atMs,
    kind: 'download',
    appId: app.appId,
    deviceId,
    isVirtual: isVirtual(request),
    action: request.method,
    version,
    status: null,
    durationMs: null,
    bytesSent: null,
    bytesTotal: null,
    remoteAddress: request.remoteAddress,
    request: { method: request.method, path: request.path, headers: loggedHeaders(request.headers), body: null },
    response: { status: null, body: null },
    trace: null,
    eventKey: null,
    replayOf: request.replayOf ?? null,
  };
}

function failedRow(base: RowBase, status: number, sentence: ActivitySentence): ActivityRecord {
  return { ...rowOf(base), outcome: 'failed', ...logged(sentence), status, response: { status, body: null } };
}

function isPart({ start, end }: { readonly start: number; readonly end: number }, sizeBytes: number): boolean {
  return start !== 0 || end !== sizeBytes - 1;
}

export function isReplay({ replayOf }: Pick<DeviceRequest, 'replayOf'>): boolean {
  return replayOf !== undefined && replayOf !== null;
}

export function isVirtual({ headers }: Pick<DeviceRequest, 'headers'>): boolean {
  return headers[VIRTUAL_HEADER] === '1';
}

/** Headers as the log keeps them: without our own. */
export function loggedHeaders(headers: DeviceRequest['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-slipway-')));
}
