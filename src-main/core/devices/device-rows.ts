import type { ActivityOutcome } from '#contract/models/activity.ts';
import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';
import { describeStat } from '#contract/texts/stat-texts.ts';
import { formatBytes } from '#contract/texts/units.ts';

import { logged } from '../activity/logged.ts';
import { keptBody, keptPayload, shortenToken } from '../activity/payload.ts';
import type { AppEntry } from '../apps/app-directory.ts';
import type { ChannelAnswer } from '../channels/channel-self.ts';
import type { DeviceRequest } from '../device-gateway.ts';
import type { StatEvent } from '../stats/read-stats.ts';
import type { ActivityRecord } from '../storage/activity-repository.ts';
import type { UpdateDecision } from '../updates/decision.ts';
import type { DeviceInfo } from '../updates/parse-request.ts';
import { isFailure } from './device-state.ts';
import { isVirtual, loggedHeaders } from './downloads.ts';

/** Of an update check. */
export function updateRow({
  request,
  app,
  atMs,
  info,
  decision,
  startedMs,
}: {
  readonly request: DeviceRequest;
  readonly app: AppEntry;
  readonly atMs: number;
  /** Null: the body could not be read. */
  readonly info: DeviceInfo | null;
  readonly decision: UpdateDecision;
  /** By `performance.now()`. */
  readonly startedMs: number;
}): ActivityRecord {
  return {
    ...rowOf(request, app, atMs),
    kind: info === null ? 'malformed' : 'update',
    outcome: decision.outcome,
    deviceId: info?.deviceId ?? null,
    action: decision.code,
    version: decision.reply.version ?? null,
    ...logged(decision.sentence),
    status: decision.status,
    durationMs: performance.now() - startedMs,
    response: { status: decision.status, body: loggedReply(decision, app.token) },
    trace: decision.trace,
  };
}

/** What every row has of its request. */
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
    replayOf: request.replayOf ?? null,
  };
}

/** Of a call to the channel address. */
export function channelRow(request: DeviceRequest, app: AppEntry, atMs: number, answer: ChannelAnswer): ActivityRecord {
  const { call, info, reply, outcome, sentence } = answer;
  return {
    ...rowOf(request, app, atMs),
    kind: call === null ? 'malformed' : 'channel',
    outcome,
    deviceId: info.deviceId,
    action: call ?? request.method,
    ...logged(sentence),
    status: reply.status,
    response: { status: reply.status, body: keptPayload(reply.body) },
  };
}

/** Of stats that cannot be read. */
export function malformedRow(
  request: DeviceRequest,
  app: AppEntry,
  atMs: number,
  {
    body,
    sentence,
  }: {
    readonly body: { readonly error: string; readonly message: string };
    readonly sentence: ActivitySentence;
  },
): ActivityRecord {
  return {
    ...rowOf(request, app, atMs),
    kind: 'malformed',
    outcome: 'failed',
    action: body.error,
    ...logged(sentence),
    status: 400,
    response: { status: 400, body },
  };
}

/**
 * Of one event of a batch; `attributed` is the bundle of one that names none, `isNoUpdate` says that an old plugin means
 * by its `download_fail` that there was none.
 */
export function statRow(
  request: DeviceRequest,
  app: AppEntry,
  event: StatEvent,
  {
    receivedAtMs,
    attributed,
    isNoUpdate,
  }: { readonly receivedAtMs: number; readonly attributed: string | null; readonly isNoUpdate: boolean },
): ActivityRecord {
  const { action, info, sent, key } = event;
  const versionName = event.versionName ?? attributed;
  const base = rowOf({ ...request, body: { kind: 'json', value: sent } }, app, receivedAtMs);
  return {
    ...base,
    happenedAtMs: event.atMs,
    kind: 'stats',
    outcome: isNoUpdate ? 'ok' : statOutcome(action, versionName),
    deviceId: info.deviceId,
    action,
    version: bundleOf(versionName),
    ...(isNoUpdate
      ? logged(told('STAT_NO_UPDATE'))
      : statSentence(action, versionName, isOfOtherApp(info, app) ? info.appId : null)),
    status: 200,
    response: { status: 200, body: { status: 'ok' } },
    eventKey: key,
  };
}

/** The row's action and version tell most reports; not those of a file, or of another app. */
function statSentence(
  action: string,
  versionName: string | null,
  otherAppId: string | null,
): Pick<ActivityRecord, 'summary' | 'sentence'> {
  const { sentence: stat } = describeStat(action, versionName);
  const version = versionName ?? '';
  if (otherAppId !== null) {
    const { code, params } = told('STAT_OF_OTHER_APP', { stat, appId: otherAppId });
    return logged({ code, params: { ...params, version } });
  }
  return version === (bundleOf(versionName) ?? '')
    ? { summary: stat }
    : logged({ code: 'STAT', params: { stat, version } });
}

function statOutcome(action: string, version: string | null): ActivityOutcome {
  if (action === 'blocked_by_server_url') return 'blocked';
  if (isFailure(action) || action === 'app_launch_timeout') return 'failed';
  const { group } = describeStat(action, version);
  return group === 'health' || group === 'transport' || group === 'integrity' || group === 'archive' ? 'failed' : 'ok';
}

/** File failures name `<version>:<file>` (clients.md §7.2). */
export function bundleOf(versionName: string | null): string | null {
  return versionName?.split(':', 1)[0] ?? null;
}

/** Whether the request names another app than its address belongs to. */
export function isOfOtherApp(info: DeviceInfo, app: AppEntry): boolean {
  return info.appId !== null && info.appId.toLowerCase() !== app.appId.toLowerCase();
}

/** As the log keeps it: the token shortened, and of a manifest only what it comes to. */
function loggedReply({ reply, manifest }: UpdateDecision, token: string): unknown {
  const shown =
    'url' in reply && typeof reply.url === 'string' ? { ...reply, url: shortenToken(reply.url, token) } : reply;
  return manifest ? { ...shown, manifest: `${manifest.files} files, ${formatBytes(manifest.bytes)}` } : shown;
}
