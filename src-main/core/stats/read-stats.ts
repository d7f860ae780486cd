import { createHash } from 'node:crypto';

import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';

import type { RequestBody } from '../device-gateway.ts';
import { isRecord, readDeviceInfo, readerOf, type DeviceInfo } from '../updates/parse-request.ts';

/** One thing that a device reported. */
export type StatEvent = {
  readonly info: DeviceInfo;
  /** Any text; `unknown` when there was none. */
  readonly action: string;
  /** The bundle concerned: absent in failures of Android's worker (clients.md §2.4). */
  readonly versionName: string | null;
  readonly oldVersionName: string | null;
  /** Milliseconds by the device's own clock; Android's worker and Electron send none. */
  readonly timestampMs: number | null;
  /** When it happened by our clock: the last one of a batch was noted just before it was sent. */
  readonly atMs: number;
  /** Equal for both copies of a batch that was sent again; null for what carries no time of its own. */
  readonly key: string | null;
  /** As it was sent. */
  readonly sent: Readonly<Record<string, unknown>>;
};

export type StatsReading =
  | { readonly kind: 'events'; readonly events: readonly StatEvent[] }
  | { readonly kind: 'unreadable'; readonly error: string; readonly sentence: ActivitySentence };

/** Clients send up to 200 (clients.md §7.1). More than this is refused whole: what is acknowledged must be stored. */
const MAX_EVENTS = 2_000;
/** A clock that is further off than this says nothing about the age of an event. */
const MAX_AGE_MS = 30 * 24 * 60 * 60_000;

/** Reads a list or a single object; entries that are no objects are left out. Source: protocol/clients.md §7. */
export function readStats(body: RequestBody, receivedAtMs: number): StatsReading {
  if (body.kind === 'unreadable') {
    return body.reason === 'too_large'
      ? unreadable('invalid_json_body', told('STATS_TOO_LARGE'))
      : unreadable('invalid_json_parse_body', told(body.reason === 'empty' ? 'STATS_EMPTY' : 'STATS_NO_JSON'));
  }
  const list: unknown[] = Array.isArray(body.value) ? body.value : [body.value];
  if (list.length > MAX_EVENTS) {
    return unreadable('invalid_json_body', told('STATS_TOO_MANY', { count: list.length, most: MAX_EVENTS }));
  }
  const sent = list.filter(isRecord);
  if (sent.length === 0 && list.length > 0) {
    return unreadable('invalid_json_body', told('STATS_NO_OBJECT'));
  }
  const lastMs = sent.reduce((last, event) => Math.max(last, timestampOf(event) ?? 0), 0);
  const seen = new Map<string, number>();
  return { kind: 'events', events: sent.map((event) => readEvent(event, { receivedAtMs, lastMs, seen })) };
}

function readEvent(
  sent: Readonly<Record<string, unknown>>,
  {
    receivedAtMs,
    lastMs,
    seen,
  }: { readonly receivedAtMs: number; readonly lastMs: number; readonly seen: Map<string, number> },
): StatEvent {
  const read = readerOf(sent);
  const info = readDeviceInfo(sent);
  const action = read.text('action', 100) ?? 'unknown';
  const timestampMs = timestampOf(sent);
  const ageMs = timestampMs === null ? 0 : Math.min(lastMs - timestampMs, MAX_AGE_MS);
  return {
    info,
    action,
    versionName: info.versionName,
    oldVersionName: read.text('old_version_name'),
    timestampMs,
    atMs: receivedAtMs - ageMs,
    key: timestampMs === null ? null : keyOf([info.deviceId, action, timestampMs, info.versionName], seen),
    sent,
  };
}

/** The same action twice within a millisecond is two events; the same two in a second copy of the batch are none. */
function keyOf(parts: readonly (string | number | null)[], seen: Map<string, number>): string {
  const name = JSON.stringify(parts);
  const nth = (seen.get(name) ?? 0) + 1;
  seen.set(name, nth);
  return createHash('sha256').update(`${nth} ${name}`).digest('base64url').slice(0, 27);
}

function timestampOf(event: Readonly<Record<string, unknown>>): number | null {
  const value = readerOf(event).number('timestamp');
  // What a Date can hold; anything else is not a time.
  return value !== null && value > 0 && value < 8.64e15 ? Math.round(value) : null;
}

function unreadable(error: string, sentence: ActivitySentence): StatsReading {
  return { kind: 'unreadable', error, sentence };
}
