import type { DeviceReply } from '#contract/device-protocol.ts';
import type { Activity } from '#contract/models/activity.ts';
import { describeActivity, told } from '#contract/texts/activity-texts.ts';

import { createActivityLog } from '../activity/activity-log.ts';
import { logged } from '../activity/logged.ts';
import { createRehearsals, Rehearsed } from '../activity/rehearsals.ts';
import { readReplayMark } from '../activity/replay-mark.ts';
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
import { isRecord, readDeviceInfo } from '../updates/parse-request.ts';
import { attributedVersion } from './attribute-stat.ts';
import { createDeadlines } from './deadlines.ts';
import { createDeviceBook, type FoundDevice } from './device-book.ts';
import { noFacts, type DeviceFacts } from './device-facts.ts';
import { channelRow, isOfOtherApp, malformedRow, statRow, updateRow } from './device-rows.ts';
import { isFailure, isNoUpdateReport, newDevice } from './device-state.ts';
import { createDownloads, loggedHeaders } from './downloads.ts';
import { createFileDownloads } from './file-downloads.ts';
import { createManifestSize } from './manifest-size.ts';
import { createMemo } from './memo.ts';
import { createOfferTags } from './offer-tags.ts';
import { checkSighting, failsWithoutUpdate, sighting, statSighting } from './sightings.ts';

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
  /** For each new row of the log. */
  readonly onRowAdded: () => void;
};

/** What one request left: rows that were in the log already are null. */
type Written = { readonly rows: readonly (Activity | null)[]; readonly deviceIds: Iterable<string> };

/** Stats that were not committed must not be acknowledged: 503 makes the device send them again (clients.md §7.3). */
const notStored: DeviceReply = {
  status: 503,
  body: { error: 'storage_unavailable', message: 'The stats could not be stored; send them again' },
};

/** Old plugins rely on it that their channel is kept here: capgo-server-and-cli.md §6, POST. */
const notKept: DeviceReply = {
  status: 400,
  body: { error: 'override_not_allowed', message: 'The choice could not be stored; try again' },
};

/** Devices whose tag is remembered: each check has it, and making one takes longer than a rule of the decision. */
const KEPT_TAGS = 10_000;

/** What phones may ask of the core. Ends what a process that died left running. */
export function createDeviceGateway(deps: DeviceGatewayDeps): DeviceGateway {
  const { database, devices, activity, directory, rollouts, releaseFiles, blobs, events, clock, logger, secret } = deps;
  const rehearsals = createRehearsals(createActivityLog({ activity, events, onAdded: deps.onRowAdded }));
  const { log } = rehearsals;
  const book = createDeviceBook({ devices, figures: createFigureBook(deps.figures) });
  const downloads = createDownloads({ database, devices, book, log, blobs, clock, logger, secret });
  const tags = createOfferTags();
  const madeTags = createMemo(KEPT_TAGS);
  const tagOfDevice = (token: string, deviceId: string): string =>
    madeTags(`${token}\n${deviceId}`, () => createDeviceTag(token, deviceId));
  const fileDeps = { database, devices, releaseFiles, book, log, blobs, tags, clock, logger, secret };
  const files = createFileDownloads(fileDeps);
  const manifests = createManifestTexts({ releaseFiles });
  const manifestSize = createManifestSize({ releaseFiles });
  const isTransferring = (appId: string, deviceId: string): boolean =>
    downloads.isTransferring(appId, deviceId) || files.isTransferring(appId, deviceId);
  const noteStranger = createStrangers({ database, log, clock, logger });
  const deadlines = createDeadlines({ clock, onPassed: (appId, deviceId) => void passDeadline(appId, deviceId) });
  activity.endRunning((version) =>
    logged(version === null ? told('HOST_ENDED_UNKNOWN') : told('HOST_ENDED', { version })),
  );

  function appOf(request: Omit<DeviceRequest, 'body'>): AppEntry | undefined {
    const app = directory.byToken(request.token);
    if (!app) noteStranger({ ...request, headers: loggedHeaders(request.headers) }, 'unknown_token');
    return app;
  }

  /** Commits, then tells the windows. False when nothing could be written; the device gets its answer all the same. */
  async function record(app: AppEntry, work: () => Written): Promise<boolean> {
    try {
      const { rows, deviceIds } = await database.enqueueWrite(() => rehearsals.run(work));
      log.announce(rows.filter((row) => row !== null));
      for (const deviceId of deviceIds) log.announceDevice(app.appId, deviceId);
      return true;
    } catch (error) {
      if (error instanceof Rehearsed) return await recordReplay(app, error.records);
      logger.error({ err: error, appId: app.appId }, 'a request of a device could not be recorded');
      return false;
    }
  }

  /** The rows alone; the devices they name are as they were before. */
  async function recordReplay(app: AppEntry, records: readonly ActivityRecord[]): Promise<boolean> {
    for (const { deviceId } of records) {
      const device = deviceId === null ? undefined : devices.get(app.appId, deviceId);
      if (device) deadlines.plan(app.appId, device.deviceId, device.progress);
    }
    try {
      log.announce(await database.enqueueWrite(() => records.flatMap((record) => log.add(record) ?? [])));
      return true;
    } catch (error) {
      logger.error({ err: error, appId: app.appId }, 'a request that was sent again could not be recorded');
      return false;
    }
  }

  const withMark = <T extends Omit<DeviceRequest, 'body'>>(request: T): T & { readonly replayOf: number | null } => ({
    ...request,
    replayOf: readReplayMark(secret, request.headers),
  });

  const gateway: DeviceGateway = {
    async checkUpdate(request) {
      const app = appOf(request);
      if (!app) return notPaired;
      const startedMs = performance.now();
      const atMs = clock.now();
      const question = toUpdateRequest(request.body);
      const info = question.kind === 'device' ? question.info : null;
      const deviceId = info?.deviceId ?? null;
      const deviceTag = deviceId === null ? null : tagOfDevice(app.token, deviceId);
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
        const row = log.add(updateRow({ request, app, atMs, info, decision, startedMs }));
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
        const { error, sentence } = reading;
        const body = { error, message: describeActivity(sentence) };
        const row = malformedRow(request, app, atMs, { body, sentence });
        await record(app, () => ({ rows: [log.add(row)], deviceIds: [] }));
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
      const isStored = await record(app, () => {
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
      return isStored || answered.keep === undefined ? answered.reply : notKept;
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
  return {
    ...gateway,
    checkUpdate: (request) => gateway.checkUpdate(withMark(request)),
    recordStats: (request) => gateway.recordStats(withMark(request)),
    channelSelf: (request) => gateway.channelSelf(withMark(request)),
    openBundle: (request, file) => gateway.openBundle(withMark(request), file),
    openFile: (request, file) => gateway.openFile(withMark(request), file),
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

  function attributedTo(app: AppEntry, event: StatEvent, before: readonly StatEvent[]): string | null {
    const { deviceId } = event.info;
    const device = deviceId === null ? undefined : devices.get(app.appId, deviceId);
    return attributedVersion(event, before, device?.progress.state);
  }

  function isNoUpdate(app: AppEntry, { action, info }: StatEvent): boolean {
    if (action !== 'download_fail' || info.deviceId === null || !failsWithoutUpdate(info)) return false;
    const state = devices.get(app.appId, info.deviceId)?.progress.state ?? newDevice.state;
    return isNoUpdateReport(state, { action, failsWithoutUpdate: true });
  }

  /** One row per event; events that are there already change nothing. */
  function writeStats(
    request: DeviceRequest,
    app: AppEntry,
    reported: readonly StatEvent[],
    receivedAtMs: number,
  ): Written {
    const rows = reported.map((event, index) => {
      const attributed = event.versionName === null ? attributedTo(app, event, reported.slice(0, index)) : null;
      return log.add(statRow(request, app, event, { receivedAtMs, attributed, isNoUpdate: isNoUpdate(app, event) }));
    });
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

/** The reply with its manifest: a megabyte that is made once for all devices (see `createManifestTexts`). */
function withManifest(reply: UpdateDecision['reply'], manifest: string): string {
  return `${JSON.stringify(reply).slice(0, -1)},"manifest":${manifest}}`;
}
