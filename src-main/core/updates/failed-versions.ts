import type { DeviceFacts, FailedVersionRecord } from '../devices/device-facts.ts';
import type { DeviceEvent } from '../devices/device-state.ts';
import { readNativeVersion } from './native-version.ts';

/** Old failures go: a device that failed on so many versions has other troubles. */
const MAX_FAILED = 50;

/** iOS never tries a version again whose manifest failed, and sends no request for it: clients.md §6.5. */
const manifestFailures: ReadonlySet<string> = new Set([
  'download_manifest_file_fail',
  'download_manifest_checksum_fail',
  'download_manifest_brotli_fail',
  'manifest_path_fail',
]);

/** Whether offering the version again is in vain until it has another name. */
export function isWedged({ action }: Pick<FailedVersionRecord, 'action'>): boolean {
  return manifestFailures.has(action);
}

/**
 * The failure for which a version is not offered to the device again. Without that a client downloads it, fails and
 * rolls back at every check, for ever (clients.md §9.5). A new native version gives it another chance: the client
 * deletes all bundles then (§9.6).
 */
export function failedBefore(
  { failedVersions }: Pick<DeviceFacts, 'failedVersions'>,
  version: string,
  native: string | null,
): FailedVersionRecord | undefined {
  return failedVersions.find(
    (failed) =>
      failed.version === version &&
      (failed.nativeVersion === null || native === null || failed.nativeVersion === native),
  );
}

/** The failed versions after one more event; the same list when nothing is new. */
export function noteFailure(
  failed: readonly FailedVersionRecord[],
  event: DeviceEvent,
  nativeVersion: string | null,
): readonly FailedVersionRecord[] {
  if (event.kind !== 'stat' || event.version === null || event.isBuiltin || !provesFailure(event)) return failed;
  const { version, action, atMs } = event;
  const native = readNativeVersion(nativeVersion).comparable;
  const others = failed.filter((other) => other.version !== version);
  return [...others, { version, action, atMs, nativeVersion: native }].slice(-MAX_FAILED);
}

function provesFailure({ action, platform }: Extract<DeviceEvent, { kind: 'stat' }>): boolean {
  if (action === 'update_fail') return true;
  // Electron says so when notifyAppReady did not come (clients.md §12.1); elsewhere it is a bundle without index.html.
  if (action === 'set_fail') return true;
  return platform === 'ios' && manifestFailures.has(action);
}
