import type { Activity } from '#contract/models/activity.ts';

import type { EventHub } from '../event-hub.ts';
import type { ActivityProgress, ActivityRecord, ActivityRepository } from '../storage/activity-repository.ts';
import { toTimestamp } from '../storage/time.ts';

/** Ten announcements a second. */
const ANNOUNCE_EVERY_MS = 100;
/** Rows in one announcement; a client that needs more asks for them. */
const ANNOUNCED_ROWS = 1_000;

/** Writes the log and tells what changed. Its writing methods are called within a queued write. */
export type ActivityLog = {
  /** The row, or null when its event is in the log already. Announced by `announce`, once it is committed. */
  add(record: ActivityRecord): Activity | null;
  update(row: Activity, progress: ActivityProgress): Activity;
  /** Call after the commit. Sent in groups. */
  announce(rows: readonly Activity[]): void;
  /** Call after the commit; sent at most ten times a second per device. */
  announceDevice(appId: string, deviceId: string): void;
};

export function createActivityLog({
  activity,
  events,
  onAdded,
}: {
  readonly activity: ActivityRepository;
  readonly events: EventHub;
  /** For each new row. */
  readonly onAdded: () => void;
}): ActivityLog {
  const changedRows = new Map<number, Activity>();
  const changedDevices = new Map<string, { readonly appId: string; readonly deviceId: string }>();
  let timer: NodeJS.Timeout | undefined;
  let lastSentMs = Number.NEGATIVE_INFINITY;

  function send(): void {
    timer = undefined;
    lastSentMs = performance.now();
    const rows = [...changedRows.values()];
    const devices = [...changedDevices.values()];
    changedRows.clear();
    changedDevices.clear();
    for (let start = 0; start < rows.length; start += ANNOUNCED_ROWS) {
      events.emit('activity.recorded', { rows: rows.slice(start, start + ANNOUNCED_ROWS) });
    }
    for (const device of devices) events.emit('device.changed', device);
  }

  /** The first change after a quiet time goes out at once, with what else the same turn brings. */
  function schedule(): void {
    if (timer) return;
    const waitMs = Math.max(0, lastSentMs + ANNOUNCE_EVERY_MS - performance.now());
    timer = setTimeout(send, waitMs);
    timer.unref();
  }

  return {
    add(record) {
      const id = activity.insert(record);
      if (id === null) return null;
      onAdded();
      return toActivity(id, record);
    },
    update(row, progress) {
      activity.update(row.id, progress);
      return { ...row, ...progress };
    },
    announce(rows) {
      if (rows.length === 0) return;
      for (const row of rows) {
        // Anew at the end: rows go out in the order of their last change.
        changedRows.delete(row.id);
        changedRows.set(row.id, row);
      }
      schedule();
    },
    announceDevice(appId, deviceId) {
      changedDevices.set(`${appId}\n${deviceId}`, { appId, deviceId });
      schedule();
    },
  };
}

function toActivity(id: number, record: ActivityRecord): Activity {
  const at = toTimestamp(record.atMs);
  return {
    id,
    at,
    happenedAt: record.happenedAtMs === undefined ? at : toTimestamp(record.happenedAtMs),
    kind: record.kind,
    outcome: record.outcome,
    appId: record.appId,
    deviceId: record.deviceId,
    isVirtual: record.isVirtual,
    action: record.action,
    version: record.version,
    summary: record.summary,
    ...(record.sentence ? { sentence: record.sentence } : {}),
    status: record.status,
    durationMs: record.durationMs,
    bytesSent: record.bytesSent,
    bytesTotal: record.bytesTotal,
    remoteAddress: record.remoteAddress,
    replayOf: record.replayOf ?? null,
  };
}
