import type { DeviceReply } from '#contract/device-protocol.ts';
import type { Activity, ActivityOutcome } from '#contract/models/activity.ts';
import { describeStat } from '#contract/texts/stat-texts.ts';

import { createActivityLog } from '../activity/activity-log.ts';
import { formatBytes, keptBody, keptPayload, shortenToken } from '../activity/payload.ts';
import { createStrangers } from '../activity/strangers.ts';
import type { AppDirectory, AppEntry } from '../apps/app-directory.ts';
import { answerChannelCall, readChannelCall, type ChannelAnswer } from '../channels/channel-self.ts';
import type { RolloutWatch } from '../channels/watch-rollouts.ts';
import { notPaired, type DeviceGateway, type DeviceRequest, type RequestBody } from '../device-gateway.ts';
import type { EventHub } from '../event-hub.ts';
import { createFigureBook } from '../figures/figure-book.ts';
import type { Clock, Logger } from '../ports.ts';
import type { FetchBackSecret } from '../releases/fetch-back-secret.ts';
import { readStats, type StatEvent } from '../stats/read-stats.ts';
import type { ActivityRecord, ActivityRepository } from '../storage/activity-repository.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Database } from '../storage/database.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { FigureRepository } from '../storage/figure-repository.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { decideUpdate } from '../updates/decide-update.ts';
import type { UpdateDecision, UpdateRequest } from '../updates/decision.ts';
import { createDeviceTag } from '../updates/device-tag.ts';
import { createManifestTexts, type ManifestText } from '../updates/manifest-texts.ts';
import { isRecord, readDeviceInfo, type DeviceInfo } from '../updates/parse-request.ts';
import { createDeadlines } from './deadlines.ts';
import { createDeviceBook, type FoundDevice, type Running, type Sighting } from './device-book.ts';
import { noFacts, type DeviceFacts } from './device-facts.ts';
import { isFailure, namesRunningBundle, type DeviceEvent } from './device-state.ts';
import { createDownloads, isVirtual, loggedHeaders } from './downloads.ts';
import { createFileDownloads } from './file-downloads.ts';
import { createManifestSize } from './manifest-size.ts';
import { createOfferTags } from './offer-tags.ts';

export type DeviceGatewayDeps = {
  readonly database: Database;
  readonly devices: DeviceRepository;
  readonly activity: ActivityRepository;
  readonly figures: FigureRepository;
  readonly directory: AppDirectory;
  readonly releaseFiles: ReleaseFileRepository;
  readonly rollouts: RolloutWatch;
  readonly blobs: BlobStore;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the publish job: its own fetch-back check is not a device. */
  readonly secret: FetchBackSecret;
};

/** What one request left: rows that were in the log already are null. */
type Written = { readonly rows: readonly (Activity | null)[]; readonly deviceIds: Iterable<string> };

/** Stats that were not committed must not be acknowledged: 503 makes the device send them again (clients.md §7.3). */
const notStored: DeviceReply = {
  status: 503,
  body: { error: 'storage_unavailable', message: 'The stats could not be stored; send them again' },
};

/** What phones may ask of the core. Ends what a process that died left running. */
export function createDeviceGateway(deps: DeviceGatewayDeps): DeviceGateway {
  const { database, devices, activity, directory, rollouts, releaseFiles, blobs, events, clock, logger, secret } = deps;
  const log = createActivityLog({ database, activity, events, logger });
  const book = createDeviceBook({ devices, figures: createFigureBook(deps.figures) });
  const downloads = createDownloads({ database, devices, book, log, blobs, clock, logger, secret });
  const tags = createOfferTags();
  const fileDeps = { database, devices, releaseFiles, book, log, blobs, tags, clock, logger, secret };
  const files = createFileDownloads(fileDeps);
  const manifests = createManifestTexts({ releaseFiles });
  const manifestSize = createManifestSize({ releaseFiles });
  const isTransferring = (appId: string, deviceId: string): boolean =>
    downloads.isTransferring(appId, deviceId) || files.isTransferring(appId, deviceId);
  const noteStranger = createStrangers({ database, log, clock, logger });
  const deadlines = createDeadlines({ clock, onPassed: (appId, deviceId) => void passDeadline(appId, deviceId) });
  activity.endRunning('Slipway ended during the transfer of ');

  function appOf(request: Omit<DeviceRequest, 'body'>): AppEntry | undefined {
    const app = directory.byToken(request.token);
    if (!app) noteStranger({ ...request, headers: loggedHeaders(request.headers) }, 'unknown_token');
    return app;
  }

  /** Commits, then tells the windows. False when nothing could be written; the device gets its answer all the same. */
  async function record(app: AppEntry, work: () => Written): Promise<boolean> {
    try {
      const { rows, deviceIds } = await database.enqueueWrite(work);
      log.announce(rows.filter((row) => row !== null));
      for (const deviceId of deviceIds) log.announceDevice(app.appId, deviceId);
      return true;
    } catch (error) {
      logger.error({ err: error, appId: app.appId }, 'a request of a device could not be recorded');
      return false;
    }
  }

  return {
    async checkUpdate(request) {
      const app = appOf(request);
      if (!app) return notPaired;
      const startedMs = performance.now();
      const atMs = clock.now();
      const question = toUpdateRequest(request.body);
      const info = question.kind === 'device' ? question.info : null;
      const deviceId = info?.deviceId ?? null;
      const deviceTag = deviceId === null ? null : createDeviceTag(app.token, deviceId);
      const decide = (device: DeviceFacts): UpdateDecision =>
        decideUpdate({ request: question, app, origin: request.origin, deviceTag, device, nowMs: atMs });
      let decided: UpdateDecision | undefined;
      await record(app, () => {
        // Decided here, where the device's row is read anyway: no check asks for it twice.
        const found = deviceId === null ? null : book.find(app.appId, deviceId, atMs);
        const decision = decide(found?.device ?? noFacts);
        decided = decision;
        const isSeen = info !== null && deviceId !== null && found !== null && !isOfOtherApp(info, app);
        if (isSeen) {
          const seen = checkSighting({ request, info, deviceId, decision, atMs, app, isTransferring });
          deadlines.plan(app.appId, deviceId, book.see(app, withRollout(found, decision, app), [seen]));
        }
        const row = log.add({
          ...rowOf(request, app, atMs),
          kind: question.kind === 'unreadable' ? 'malformed' : 'update',
          outcome: decision.outcome,
          deviceId,
          action: decision.code,
          version: versionIn(decision),
          summary: decision.summary,
          status: decision.status,
          durationMs: performance.now() - startedMs,
          response: { status: decision.status, body: loggedReply(decision, app.token) },
          trace: decision.trace,
        });
        return { rows: [row], deviceIds: isSeen ? [deviceId] : [] };
      });
      const answered = decided ?? decide(factsOf(app, deviceId));
      const { status, reply: body, releaseId } = answered;
      const manifest = await manifestOf(answered, app, request.origin);
      if (!manifest) return { status, body };
      const tag = deviceId === null || releaseId === null ? null : { appId: app.appId, deviceId, releaseId };
      const query = tag === null ? '' : `?d=${tags.create(app.token, tag)}`;
      return { status, body, json: withManifest(body, manifest.write(query)) };
    },

    async recordStats(request) {
      const app = appOf(request);
      if (!app) return notPaired;
      const atMs = clock.now();
      const reading = readStats(request.body, atMs);
      if (reading.kind === 'unreadable') {
        const body = { error: reading.error, message: reading.message };
        await record(app, () => ({ rows: [log.add(malformedRow(request, app, atMs, body))], deviceIds: [] }));
        return { status: 400, body };
      }
      const isStored = await record(app, () => writeStats(request, app, reading.events, atMs));
      if (isStored && reading.events.some(({ action }) => action === 'set' || isFailure(action))) rollouts.check(app);
      // Not empty: iOS sends the batch again for ever after an empty 200 (clients.md §7.3).
      return isStored ? { status: 200, body: { status: 'ok' } } : notStored;
    },

    async channelSelf(request) {
      const app = appOf(request);
      if (!app) return notPaired;
      const atMs = clock.now();
      const asked = readChannelCall(request.method, request.body);
      if (asked.kind === 'refused') {
        const { answer } = asked;
        await record(app, () => ({ rows: [log.add(channelRow(request, app, atMs, answer))], deviceIds: [] }));
        return answer.reply;
      }
      const { call, info } = asked;
      const { deviceId } = info;
      let answered: ChannelAnswer | undefined;
      await record(app, () => {
        const found = deviceId === null ? null : book.find(app.appId, deviceId, atMs);
        const answer = answerChannelCall(call, { info, app, device: found?.device ?? noFacts });
        answered = answer;
        const isSeen = deviceId !== null && found !== null && !isOfOtherApp(info, app);
        if (isSeen) {
          // GET carries less than the others: clients.md §8.4.
          const seen = { ...sighting(request, info, atMs), isComplete: call !== 'list', event: null };
          book.see(app, found, [seen]);
          if (answer.keep !== undefined) devices.setKeptChannel(app.appId, deviceId, answer.keep);
        }
        return { rows: [log.add(channelRow(request, app, atMs, answer))], deviceIds: isSeen ? [deviceId] : [] };
      });
      answered ??= answerChannelCall(call, { info, app, device: factsOf(app, deviceId) });
      return answered.reply;
    },

    async openFile(request, file) {
      const app = appOf(request);
      return app ? files.open(app, request, file) : null;
    },

    async manifestSize(request) {
      const app = appOf(request);
      return app ? manifestSize(app, request.body) : notPaired;
    },

    async openBundle(request, file) {
      const app = appOf(request);
      return app ? downloads.open(app, request, file) : null;
    },
    noteStranger: (request, reason) => noteStranger({ ...request, headers: loggedHeaders(request.headers) }, reason),
    knowsToken: (token) => directory.byToken(token) !== undefined,
  };

  /** For the answer to a check that could not be recorded. */
  function factsOf(app: AppEntry, deviceId: string | null): DeviceFacts {
    try {
      return (deviceId === null ? undefined : devices.get(app.appId, deviceId)) ?? noFacts;
    } catch (error) {
      logger.error({ err: error, appId: app.appId }, 'what is kept of a device could not be read');
      return noFacts;
    }
  }

  async function manifestOf(
    { manifest, releaseId }: UpdateDecision,
    app: AppEntry,
    origin: string,
  ): Promise<ManifestText | null> {
    const release = manifest && releaseId !== null ? app.releasesById.get(releaseId) : undefined;
    if (!release) return null;
    try {
      return await manifests.get(app, release, origin);
    } catch (error) {
      // The bundle is offered all the same.
      logger.error({ err: error, appId: app.appId, releaseId }, 'a delta manifest could not be made');
      return null;
    }
  }

  async function passDeadline(appId: string, deviceId: string): Promise<void> {
    const app = directory.byId(appId);
    if (!app) return;
    await record(app, () => {
      book.advance(app, deviceId, { kind: 'clock', atMs: clock.now() });
      return { rows: [], deviceIds: [deviceId] };
    });
  }

  /** One row per event; events that are there already change nothing. */
  function writeStats(
    request: DeviceRequest,
    app: AppEntry,
    reported: readonly StatEvent[],
    receivedAtMs: number,
  ): Written {
    const rows = reported.map((event) => log.add(statRow(request, app, event, receivedAtMs)));
    const fresh = reported.filter(({ info }, index) => rows[index] !== null && !isOfOtherApp(info, app));
    const byDevice = Map.groupBy(fresh, ({ info }) => info.deviceId);
    const deviceIds: string[] = [];
    for (const [deviceId, ofDevice] of byDevice) {
      if (deviceId === null) continue;
      deviceIds.push(deviceId);
      const sightings = ofDevice.map((event) => statSighting(request, event));
      const device = book.find(app.appId, deviceId, sightings[0]?.atMs ?? receivedAtMs);
      deadlines.plan(app.appId, deviceId, book.see(app, device, sightings));
    }
    return { rows, deviceIds };
  }
}

function toUpdateRequest(body: RequestBody): UpdateRequest {
  if (body.kind === 'unreadable') return { kind: 'unreadable', reason: body.reason };
  if (!isRecord(body.value)) return { kind: 'unreadable', reason: 'not_an_object' };
  return { kind: 'device', info: readDeviceInfo(body.value), isEmpty: Object.keys(body.value).length === 0 };
}

function checkSighting({
  request,
  info,
  deviceId,
  decision,
  atMs,
  app,
  isTransferring,
}: {
  readonly request: DeviceRequest;
  readonly info: DeviceInfo;
  readonly deviceId: string;
  readonly decision: UpdateDecision;
  readonly atMs: number;
  readonly app: AppEntry;
  readonly isTransferring: (appId: string, deviceId: string) => boolean;
}): Sighting {
  const running = runningOf(info);
  return {
    ...sighting(request, info, atMs),
    isComplete: true,
    channel: decision.channel,
    running,
    event: {
      kind: 'check',
      atMs,
      outcome: decision.outcome,
      code: decision.code,
      offered: decision.outcome === 'offered' ? versionIn(decision) : null,
      running: running.version,
      platform: info.platform,
      isTransferring: isTransferring(app.appId, deviceId),
    },
  };
}

/** The device with what its channel's rollout decided for it; decisions of channels that are gone go. */
function withRollout(found: FoundDevice, { remember }: UpdateDecision, app: AppEntry): FoundDevice {
  if (!remember) return found;
  const { device } = found;
  const kept = Object.entries(device.rollouts).filter(([id]) =>
    app.channels.some(({ channelId }) => String(channelId) === id),
  );
  const rollouts = { ...Object.fromEntries(kept), [remember.channelId]: remember.memory };
  return { ...found, device: { ...device, rollouts } };
}

/** The bundle a check speaks of; `builtin` stands for the native version (clients.md §13.2). */
function runningOf(info: DeviceInfo): Running {
  const { versionName: name, versionBuild: build } = info;
  if (name === null || name === 'builtin') return { version: build, isOnBuiltin: true };
  return { version: name, isOnBuiltin: name === build };
}

function statSighting(request: DeviceRequest, event: StatEvent): Sighting {
  const { info, action, atMs, versionName } = event;
  const isBuiltin = versionName === 'builtin' || (versionName !== null && versionName === info.versionBuild);
  const stat: DeviceEvent = {
    kind: 'stat',
    atMs,
    action,
    version: bundleOf(versionName),
    platform: info.platform,
    isBuiltin,
  };
  return { ...sighting(request, info, atMs), isComplete: false, running: runningAfter(event), event: stat };
}

/** What the device runs, where a stat tells: clients.md §7.4. */
function runningAfter({ action, info, versionName }: StatEvent): Running | null {
  // Back to the store's bundle; where there is a better fallback, `set` of that one follows (clients.md §9.5).
  if (action === 'update_fail' || action === 'reset') return { version: info.versionBuild, isOnBuiltin: true };
  return namesRunningBundle(action) && versionName !== null ? runningOf(info) : null;
}

function sighting(
  request: DeviceRequest,
  info: DeviceInfo,
  atMs: number,
): Pick<Sighting, 'info' | 'atMs' | 'isVirtual' | 'remoteAddress'> {
  return { info, atMs, isVirtual: isVirtual(request), remoteAddress: request.remoteAddress };
}

function rowOf(
  request: DeviceRequest,
  app: AppEntry,
  atMs: number,
): Omit<ActivityRecord, 'kind' | 'outcome' | 'summary' | 'response'> {
  return {
    atMs,
    appId: app.appId,
    deviceId: null,
    isVirtual: isVirtual(request),
    action: null,
    version: null,
    status: null,
    durationMs: null,
    bytesSent: null,
    bytesTotal: null,
    remoteAddress: request.remoteAddress,
    request: {
      method: request.method,
      path: request.path,
      headers: loggedHeaders(request.headers),
      body: keptBody(request.body),
    },
    trace: null,
    eventKey: null,
  };
}

function channelRow(request: DeviceRequest, app: AppEntry, atMs: number, answer: ChannelAnswer): ActivityRecord {
  const { call, info, reply, outcome, summary } = answer;
  return {
    ...rowOf(request, app, atMs),
    kind: call === null ? 'malformed' : 'channel',
    outcome,
    deviceId: info.deviceId,
    action: call ?? request.method,
    summary,
    status: reply.status,
    response: { status: reply.status, body: keptPayload(reply.body) },
  };
}

function malformedRow(
  request: DeviceRequest,
  app: AppEntry,
  atMs: number,
  body: { readonly error: string; readonly message: string },
): ActivityRecord {
  return {
    ...rowOf(request, app, atMs),
    kind: 'malformed',
    outcome: 'failed',
    action: body.error,
    summary: `Stats that cannot be read: ${body.message}`,
    status: 400,
    response: { status: 400, body },
  };
}

function statRow(request: DeviceRequest, app: AppEntry, event: StatEvent, receivedAtMs: number): ActivityRecord {
  const { action, versionName, info, sent, key } = event;
  const { sentence } = describeStat(action, versionName);
  const other = isOfOtherApp(info, app) ? ` (sent as ${info.appId ?? ''})` : '';
  const base = rowOf({ ...request, body: { kind: 'json', value: sent } }, app, receivedAtMs);
  return {
    ...base,
    happenedAtMs: event.atMs,
    kind: 'stats',
    outcome: statOutcome(action, versionName),
    deviceId: info.deviceId,
    action,
    version: bundleOf(versionName),
    summary: sentence + other,
    status: 200,
    response: { status: 200, body: { status: 'ok' } },
    eventKey: key,
  };
}

function statOutcome(action: string, version: string | null): ActivityOutcome {
  if (action === 'blocked_by_server_url') return 'blocked';
  if (isFailure(action) || action === 'app_launch_timeout') return 'failed';
  const { group } = describeStat(action, version);
  return group === 'health' || group === 'transport' || group === 'integrity' || group === 'archive' ? 'failed' : 'ok';
}

/** File failures name `<version>:<file>` (clients.md §7.2). */
function bundleOf(versionName: string | null): string | null {
  return versionName?.split(':', 1)[0] ?? null;
}

function isOfOtherApp(info: DeviceInfo, app: AppEntry): boolean {
  return info.appId !== null && info.appId.toLowerCase() !== app.appId.toLowerCase();
}

function versionIn({ reply }: UpdateDecision): string | null {
  return reply.version ?? null;
}

/** The reply with its manifest: a megabyte that is made once for all devices (see `createManifestTexts`). */
function withManifest(reply: UpdateDecision['reply'], manifest: string): string {
  return `${JSON.stringify(reply).slice(0, -1)},"manifest":${manifest}}`;
}

/** As the log keeps it: the token shortened, and of a manifest only what it comes to. */
function loggedReply({ reply, manifest }: UpdateDecision, token: string): unknown {
  const shown =
    'url' in reply && typeof reply.url === 'string' ? { ...reply, url: shortenToken(reply.url, token) } : reply;
  return manifest ? { ...shown, manifest: `${manifest.files} files, ${formatBytes(manifest.bytes)}` } : shown;
}
