import type { ActivityKind } from '#contract/models/activity.ts';
import { told } from '#contract/texts/activity-texts.ts';

import type { DeviceGateway } from '../device-gateway.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Database } from '../storage/database.ts';
import type { ActivityLog } from './activity-log.ts';
import { logged } from './logged.ts';

type NoteStranger = DeviceGateway['noteStranger'];
export type StrangerReason = Parameters<NoteStranger>[1];

/** Rows of one kind in a window; beyond it they are counted and told with the first row of a later window. */
const ROWS_PER_WINDOW = 20;
const WINDOW_MS = 60_000;

/** What is said of one, and of one that others like it went before. */
const texts = {
  unknown_token: { kind: 'unpaired', alone: 'TOKEN_UNKNOWN', more: 'TOKEN_UNKNOWN_MORE' },
  unknown_path: { kind: 'malformed', alone: 'PATH_UNKNOWN', more: 'PATH_UNKNOWN_MORE' },
  bad_host: { kind: 'malformed', alone: 'HOST_INVALID', more: 'HOST_INVALID_MORE' },
} as const satisfies Record<
  StrangerReason,
  { readonly kind: ActivityKind; readonly alone: string; readonly more: string }
>;

/** Logs requests that fit nothing: useful to find a mistyped address, never so many that they push out the rest. */
export function createStrangers({
  database,
  log,
  clock,
  logger,
}: {
  readonly database: Database;
  readonly log: ActivityLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): NoteStranger {
  const windows = new Map<StrangerReason, { startMs: number; rows: number; left: number }>();

  /** How many were left out before this one, or null when this one is left out too. */
  function admit(reason: StrangerReason, nowMs: number): number | null {
    const window = windows.get(reason);
    if (!window || nowMs - window.startMs >= WINDOW_MS || nowMs < window.startMs) {
      windows.set(reason, { startMs: nowMs, rows: 1, left: 0 });
      return window?.left ?? 0;
    }
    if (window.rows >= ROWS_PER_WINDOW) {
      window.left += 1;
      return null;
    }
    window.rows += 1;
    return 0;
  }

  return (request, reason) => {
    const atMs = clock.now();
    const left = admit(reason, atMs);
    if (left === null) return;
    const { kind, alone, more } = texts[reason];
    const asked = `${request.method} ${request.path}`;
    const sentence = left > 0 ? told(more, { request: asked, moreCount: left }) : told(alone, { request: asked });
    const status = reason === 'bad_host' ? 400 : 404;
    database
      .enqueueWrite(() =>
        log.add({
          atMs,
          kind,
          outcome: 'failed',
          appId: null,
          deviceId: null,
          isVirtual: false,
          action: reason,
          version: null,
          ...logged(sentence),
          status,
          durationMs: null,
          bytesSent: null,
          bytesTotal: null,
          remoteAddress: request.remoteAddress,
          request: { method: request.method, path: request.path, headers: request.headers, body: null },
          response: { status, body: null },
          trace: null,
          eventKey: null,
        }),
      )
      .then((row) => log.announce(row ? [row] : []))
      .catch((error: unknown) => logger.warn({ err: error }, 'a request that fits nothing could not be logged'));
  };
}
