import type { Platform } from '#contract/models/common.ts';
import type { DeviceState } from '#contract/models/device.ts';

/** Something a device did or was told, as far as its state depends on it. Times in milliseconds of our clock. */
export type DeviceEvent =
  | {
      readonly kind: 'check';
      readonly atMs: number;
      readonly outcome: 'offered' | 'up_to_date' | 'blocked' | 'failed';
      /** The protocol's error code, `offer`, or `builtin`. */
      readonly code: string;
      /** The version that was offered. */
      readonly offered: string | null;
      /** What the device runs. */
      readonly running: string | null;
      readonly platform: Platform;
      /** Whether bytes are on their way to it right now. */
      readonly isTransferring: boolean;
    }
  | { readonly kind: 'transfer_started'; readonly atMs: number; readonly version: string; readonly transfer: Transfer }
  | { readonly kind: 'transfer_moved'; readonly atMs: number; readonly version: string; readonly transfer: Transfer }
  /** The connection closed before the last byte. */
  | { readonly kind: 'transfer_broken'; readonly atMs: number; readonly version: string; readonly transfer: Transfer }
  /** Time went by. */
  | { readonly kind: 'clock'; readonly atMs: number }
  | {
      readonly kind: 'stat';
      /** When the device noted it, by our clock as well as that can be told. */
      readonly atMs: number;
      readonly action: string;
      /** The bundle concerned; absent in failures of Android's download worker (clients.md §2.4). */
      readonly version: string | null;
      readonly platform: Platform;
      /** Whether `version` is the bundle of the store, which is never rolled back (clients.md §9.5). */
      readonly isBuiltin: boolean;
      /** Its plugin reports `download_fail` also for a check without an update: see `ClientDialect`. */
      readonly failsWithoutUpdate?: boolean;
    };

/** How far a file got: the first and last byte counted from its beginning. */
export type Transfer = { readonly sentBytes: number; readonly totalBytes: number };

export type DeviceProgress = {
  readonly state: DeviceState;
  /** The time of what led to it. */
  readonly atMs: number;
  /** Whether the app was in the foreground when last heard: only then does its wait for notifyAppReady go on. */
  readonly isAwake: boolean;
};

export const newDevice: DeviceProgress = { state: { kind: 'seen' }, atMs: 0, isAwake: false };

/**
 * How long the client waits for notifyAppReady: 10 s, on Android at least 30 s for a bundle that is new
 * (clients.md §9.5). An app may have set more.
 */
const READY_TIMEOUT_MS = { android: 30_000, ios: 10_000, electron: 10_000, unknown: 30_000 } as const;

/** A roll back is reported with the next batch, a second later, if the network lets it. */
const REPORT_MS = 3_000;

/** With each of these the client waits for notifyAppReady anew (clients.md §9.5). */
const startsOfWaiting = new Set(['app_launch_start', 'app_moved_to_foreground']);

/** Batches reach us up to a second late, and retries later still; what is older than this says nothing new. */
export const LATE_MS = 5_000;

/** How far a version got on its way; what comes late and is lower does not set it back. */
const rank = {
  offered: 1,
  downloading: 2,
  interrupted: 2,
  downloaded: 3,
  waiting_for_background: 4,
  waiting_for_ready: 5,
  ready: 6,
} as const;

/** Says only that something failed; what failed was said just before, or is not known. */
const vagueFailures = new Set(['download_fail', 'finish_download_fail']);

const failures = new Set([
  ...vagueFailures,
  'set_fail',
  'checksum_fail',
  'checksum_required',
  'decrypt_fail',
  'session_key_required',
  'unzip_fail',
  'windows_path_fail',
  'canonical_path_fail',
  'directory_path_fail',
  'manifest_path_fail',
  'low_mem_fail',
  'insufficient_disk_space',
  'download_manifest_file_fail',
  'download_manifest_checksum_fail',
  'download_manifest_brotli_fail',
]);

/** Actions whose version is the running bundle, told by the app itself: clients.md §7.4. */
const runningActions = /^(app_(?!launch_timeout)|webview_|os_version_changed|native_app_version_changed|ping$)/;

/** Whether a stat's `version_name` names the bundle that runs now. */
export function namesRunningBundle(action: string): boolean {
  return action === 'set' || runningActions.test(action);
}

export function isFailure(action: string): boolean {
  return failures.has(action) || action === 'update_fail';
}

/**
 * What a device is doing, after one more event. Pure. Checks, transfers and stats overtake each other
 * (clients.md §7.1: worker posts overtake batches), so every order has to end in the same state.
 */
export function nextProgress(before: DeviceProgress, event: DeviceEvent): DeviceProgress {
  const isAwake = awakeAfter(before, event);
  const state = event.kind === 'stat' ? afterStat(before, event) : afterOwn({ ...before, isAwake }, event);
  const atMs = event.kind === 'clock' ? before.atMs : Math.max(before.atMs, event.atMs);
  const isSame = sameState(state, before.state) && atMs === before.atMs && isAwake === before.isAwake;
  return isSame ? before : { state, atMs, isAwake };
}

/** When `clock` may decide something: a report of failure had time to arrive. Null when nothing is waited for. */
export function decidedAtMs({ state }: DeviceProgress): number | null {
  return state.kind === 'waiting_for_ready' && state.deadlineAt !== null
    ? Date.parse(state.deadlineAt) + REPORT_MS
    : null;
}

function awakeAfter({ isAwake, atMs }: DeviceProgress, event: DeviceEvent): boolean {
  if (event.kind === 'check') return true;
  if (event.kind !== 'stat' || event.atMs < atMs - LATE_MS) return isAwake;
  if (startsOfWaiting.has(event.action)) return true;
  return event.action === 'app_moved_to_background' ? false : isAwake;
}

type StatEvent = Extract<DeviceEvent, { kind: 'stat' }>;
type CheckEvent = Extract<DeviceEvent, { kind: 'check' }>;

function afterOwn({ state, isAwake }: DeviceProgress, event: Exclude<DeviceEvent, StatEvent>): DeviceState {
  if (event.kind === 'check') return afterCheck(state, event);
  if (event.kind === 'clock') {
    const isOver = state.kind === 'waiting_for_ready' && isAwake && isPast(state, event.atMs - REPORT_MS);
    return isOver ? { kind: 'ready', version: state.version } : state;
  }
  const { version, transfer } = event;
  if (event.kind === 'transfer_started') {
    // Nobody downloads what it runs: somebody opened the link by hand.
    return rankFor(state, version) >= rank.waiting_for_ready ? state : downloading(version, null, transfer);
  }
  if (rankFor(state, version) > rank.downloading) return state;
  // The end of a set of files is only known after a silence: the device may be at something else by then.
  if (event.kind === 'transfer_moved' && rankFor(state, version) === 0) return state;
  if (event.kind === 'transfer_broken') return interrupted(version, transfer);
  const reported = state.kind === 'downloading' && state.version === version ? state.percent : null;
  if (transfer.sentBytes >= transfer.totalBytes) return { kind: 'downloaded', version };
  return downloading(version, reported, transfer);
}

function afterCheck(state: DeviceState, event: CheckEvent): DeviceState {
  const { outcome, running, offered } = event;
  switch (outcome) {
    case 'offered': {
      const version = offered ?? 'builtin';
      const isOnItsWay = rankFor(state, version) > rank.offered && rankFor(state, version) < rank.waiting_for_ready;
      const isLoading = state.kind === 'downloading' || state.kind === 'interrupted';
      if (isOnItsWay && (!isLoading || event.isTransferring)) return state;
      // Offered again to the device that could not start it: that it failed stays the news until it downloads again.
      if (state.kind === 'rolled_back' && state.version === version) return state;
      return { kind: 'offered', version };
    }
    case 'up_to_date': {
      if (isPending(state, event)) return state;
      if (running === null) return { kind: 'seen' };
      if ('version' in state && state.version === running) {
        // It runs, which is no proof yet: the wait goes on, or begins again with this start of the app.
        if (state.kind === 'waiting_for_ready') return isPast(state, event.atMs) ? waiting(running, event) : state;
        if (state.kind === 'ready') return state;
        // It runs what it was on its way to; the batch that tells how it fares comes later, or never.
        if (rankFor(state, running) > 0) return waiting(running, event);
      }
      return { kind: 'up_to_date', version: running };
    }
    case 'blocked':
    case 'failed': {
      if (isPending(state, event) || state.kind === 'waiting_for_ready') return state;
      // Refused because it failed: the failure says more.
      const isKnownFailure = state.kind === 'rolled_back' || state.kind === 'failed';
      if (event.code === 'version_failed_before' && isKnownFailure) return state;
      return { kind: 'refused', code: event.code };
    }
  }
}

/** Something is under way on the device that the answer to a check does not stop. */
function isPending(state: DeviceState, { running, isTransferring }: CheckEvent): boolean {
  if (state.kind === 'downloading') return isTransferring;
  return (state.kind === 'waiting_for_background' || state.kind === 'downloaded') && state.version !== running;
}

function afterStat({ state, atMs: since }: DeviceProgress, event: StatEvent): DeviceState {
  const { action, version } = event;
  const isLate = event.atMs < since - LATE_MS;
  // A queue restored after days (clients.md §7.2) tells of bundles long gone.
  if (isLate) return state;
  const about = version ?? versionOf(state);
  const progress = /^download_(\d{1,9})$/.exec(action)?.[1];
  const isStart = action === 'download_zip_start' || action === 'download_manifest_start';
  if (progress !== undefined || isStart) {
    // Reports of what was before the break are on their way when it happens; only bytes tell that it goes on.
    if (state.kind === 'interrupted' && state.version === about) return state;
    const reported = progress === undefined ? null : Number(progress);
    return forward(state, about, (found) => reportedProgress(state, found, reported));
  }
  if (isFailure(action)) return afterFailure(state, event);

  switch (action) {
    case 'download_zip_complete':
    case 'download_manifest_complete':
    case 'download_complete':
      return forward(state, about, (found) => ({ kind: 'downloaded', version: found }));
    case 'set_next':
      return forward(state, about, (found) => ({ kind: 'waiting_for_background', version: found }));
    case 'set':
      return afterSet(state, event);
    case 'reset':
      return { kind: 'seen' };
    case 'delete': {
      // The bundle before is deleted once the new one is ready (clients.md §9.5).
      if (state.kind === 'waiting_for_ready' && version !== null && version !== state.version) {
        return { kind: 'ready', version: state.version };
      }
      return state;
    }
    case 'app_launch_ready': {
      const isOnItsWay = version !== null && rankFor(state, version) > 0;
      return isOnItsWay ? { kind: 'ready', version } : state;
    }
    default: {
      if (state.kind !== 'waiting_for_ready' || state.version !== version || !namesRunningBundle(action)) return state;
      if (startsOfWaiting.has(action)) return waiting(version, event);
      // Past its deadline without a report of failure, a bundle that still runs is a good one.
      if (isPast(state, event.atMs) && !action.startsWith('app_crash')) return { kind: 'ready', version };
      return state;
    }
  }
}

/** The client switched bundles; on Electron the action means that notifyAppReady was called (clients.md §12.1). */
function afterSet(state: DeviceState, { version, platform, isBuiltin, atMs }: StatEvent): DeviceState {
  if (version === null) return state;
  // After a roll back the fallback is set: that the other one failed stays the news.
  if (state.kind === 'rolled_back' || (state.kind === 'failed' && state.action === 'set_fail')) return state;
  if (state.kind === 'ready' && state.version === version) return state;
  if (isBuiltin) return { kind: 'seen' };
  if (platform === 'electron') return { kind: 'ready', version };
  return waiting(version, { atMs, platform });
}

function waiting(
  version: string,
  { atMs, platform }: { readonly atMs: number; readonly platform: Platform },
): DeviceState {
  const deadlineAt = new Date(atMs + READY_TIMEOUT_MS[platform]).toISOString();
  return { kind: 'waiting_for_ready', version, deadlineAt };
}

/** `download_fail` of an old plugin that no update can have led to: its check brought none (clients.md §7.4). */
export function isNoUpdateReport(
  state: DeviceState,
  { action, failsWithoutUpdate }: Pick<StatEvent, 'action' | 'failsWithoutUpdate'>,
): boolean {
  return (
    action === 'download_fail' && failsWithoutUpdate === true && !isUnderWay(state) && state.kind !== 'interrupted'
  );
}

function isUnderWay(
  state: DeviceState,
): state is Extract<DeviceState, { kind: 'offered' | 'downloading' | 'downloaded' }> {
  return state.kind === 'offered' || state.kind === 'downloading' || state.kind === 'downloaded';
}

function afterFailure(state: DeviceState, event: StatEvent): DeviceState {
  const { action, version } = event;
  if (isNoUpdateReport(state, event)) return state;
  if (action === 'update_fail') {
    const failed = version ?? versionOf(state);
    return failed === null ? { kind: 'failed', version: null, action } : { kind: 'rolled_back', version: failed };
  }
  if (action === 'set_fail') return { kind: 'failed', version: version ?? versionOf(state), action };
  if (vagueFailures.has(action)) {
    // It names the running bundle; a check that failed does not stop what waits on the device.
    if (state.kind === 'waiting_for_background' || state.kind === 'waiting_for_ready') return state;
    if (state.kind === 'rolled_back' || state.kind === 'failed') return state;
  }
  if (state.kind === 'interrupted') {
    return { kind: 'failed', version: state.version, action, brokeOffPercent: state.percent };
  }
  return { kind: 'failed', version: isUnderWay(state) ? state.version : null, action };
}

/** Applies a step of a download unless the version is further already. A version after a failure starts anew. */
function forward(
  state: DeviceState,
  version: string | null,
  step: (version: string) => DeviceState & { readonly kind: keyof typeof rank },
): DeviceState {
  if (version === null) return state;
  const next = step(version);
  return rankFor(state, version) > rank[next.kind] ? state : next;
}

function reportedProgress(
  state: DeviceState,
  version: string,
  reported: number | null,
): DeviceState & { readonly kind: 'downloading' } {
  const known = state.kind === 'downloading' && state.version === version ? state : null;
  // Small zips overshoot up to `download_22800` (clients.md Appendix C, row 10).
  const percent = furthest(known?.percent ?? null, reported === null ? null : Math.min(reported, 100));
  return {
    kind: 'downloading',
    version,
    percent,
    bytesSent: known?.bytesSent ?? null,
    totalBytes: known?.totalBytes ?? null,
  };
}

function downloading(version: string, reported: number | null, { sentBytes, totalBytes }: Transfer): DeviceState {
  const served = totalBytes > 0 ? Math.min(100, Math.floor((sentBytes / totalBytes) * 100)) : 0;
  return { kind: 'downloading', version, percent: furthest(reported, served), bytesSent: sentBytes, totalBytes };
}

function interrupted(version: string, { sentBytes, totalBytes }: Transfer): DeviceState {
  const percent = totalBytes > 0 ? Math.min(100, Math.floor((sentBytes / totalBytes) * 100)) : 0;
  return { kind: 'interrupted', version, percent, bytesSent: sentBytes, totalBytes };
}

function furthest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function isPast(state: Extract<DeviceState, { kind: 'waiting_for_ready' }>, atMs: number): boolean {
  return state.deadlineAt === null || atMs > Date.parse(state.deadlineAt);
}

/** 0 when the state is not about that version's way onto the device. */
function rankFor(state: DeviceState, version: string): number {
  return state.kind in rank && 'version' in state && state.version === version
    ? rank[state.kind as keyof typeof rank]
    : 0;
}

function versionOf(state: DeviceState): string | null {
  return 'version' in state ? state.version : null;
}

function sameState(a: DeviceState, b: DeviceState): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
