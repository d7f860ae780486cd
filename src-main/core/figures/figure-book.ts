import type { DeviceState } from '#contract/models/device.ts';
import { TRANSFER_BROKEN } from '#contract/models/figures.ts';

import { isFailure, isNoUpdateReport, type DeviceEvent } from '../devices/device-state.ts';
import { outcomeOf } from '../devices/release-outcome.ts';
import type { DeviceRecord } from '../storage/device-repository.ts';
import type { FigureRepository } from '../storage/figure-repository.ts';
import { nextAttempt } from './attempt.ts';

/** A device before and after one event. */
export type DeviceStep = {
  readonly before: DeviceRecord;
  readonly after: DeviceRecord;
  readonly event: DeviceEvent | null;
  readonly isNew: boolean;
  /** Versions of the app's releases: devices may name anything. */
  readonly isRelease: (version: string) => boolean;
};

/** Keeps what figures are made of as devices move on, so that no figure ever looks through the log. */
export type FigureBook = {
  /** Call within the queued write, after the device row was saved. */
  note(step: DeviceStep): void;
};

/** Devices ask every few seconds; that an offer still stands is written down this often. */
const TOUCH_EVERY_MS = 60_000;

export function createFigureBook(figures: FigureRepository): FigureBook {
  function noteBundle({ before, after, isNew }: DeviceStep): void {
    const { bundleVersion: version, isOnBuiltin, lastSeenAtMs: atMs } = after;
    if (!isNew && version === before.bundleVersion && isOnBuiltin === before.isOnBuiltin) return;
    figures.addBundle(after, { version, isOnBuiltin, atMs });
  }

  function noteOutcome({ before, after, event, isRelease }: DeviceStep): void {
    const next = outcomeOf(after.progress.state);
    if (!next || after.progress === before.progress || !isRelease(next.version)) return;
    // The store's bundle may have the name of a release; it is no update.
    if (next.outcome === 'updated' && after.isOnBuiltin) return;
    const key = { appId: after.appId, version: next.version, deviceId: after.deviceId };
    const last = outcomeOf(before.progress.state);
    const { atMs } = after.progress;
    if (last?.version === next.version && last.outcome === next.outcome) {
      if (next.outcome === 'offered') figures.touchAttempt(key, atMs, TOUCH_EVERY_MS);
      return;
    }
    const known = figures.attempt(key);
    // It runs it since before anybody looked: that was no update of ours.
    if (known === null && next.outcome === 'updated' && event?.kind === 'check') return;
    figures.saveAttempt(key, nextAttempt(known, next.outcome), { atMs, channel: after.channel });
  }

  function noteFailure({ before, after, event, isRelease }: DeviceStep): void {
    if (event?.kind !== 'stat' || !isFailure(event.action) || isNoUpdateReport(before.progress.state, event)) return;
    const failure = failureOf(event, before.progress.state, after.progress.state);
    if (failure === null) return;
    const version = failure.version !== null && isRelease(failure.version) ? failure.version : '';
    const key = { appId: after.appId, version, deviceId: after.deviceId };
    figures.addFailure(key, failure.cause, { atMs: event.atMs, channel: after.channel });
  }

  return {
    note(step) {
      noteBundle(step);
      noteOutcome(step);
      noteFailure(step);
    },
  };
}

type StatEvent = Extract<DeviceEvent, { kind: 'stat' }>;

/** What to count, if anything: the vague actions that follow a precise one say nothing new (clients.md §9.9). */
function failureOf(
  { action, version }: StatEvent,
  before: DeviceState,
  after: DeviceState,
): { readonly version: string | null; readonly cause: string } | null {
  if (after.kind === 'failed' && after.action === action) {
    const isBroken = before.kind === 'interrupted' && before.version === after.version;
    return { version: after.version, cause: isBroken ? TRANSFER_BROKEN : action };
  }
  // Also a report that lay on the device for days: it changes no state and is a failure all the same.
  return action === 'update_fail' ? { version, cause: action } : null;
}
