import type { DeviceState } from '#contract/models/device.ts';

import type { StatEvent } from '../stats/read-stats.ts';

/**
 * The bundle of a report that names none: Android's worker leaves it out of its failures (protocol/clients.md §2.4).
 * It is what the reports before it in the batch are about, else what was under way on the device.
 */
export function attributedVersion(
  event: StatEvent,
  before: readonly StatEvent[],
  state: DeviceState | undefined,
): string | null {
  if (event.versionName !== null) return null;
  const told = before.findLast(
    ({ info, action, versionName }) =>
      versionName !== null && action.startsWith('download_') && info.deviceId === event.info.deviceId,
  );
  if (told?.versionName !== undefined && told.versionName !== null) return told.versionName.split(':', 1)[0] ?? null;
  return state !== undefined && isUnderWay(state) ? state.version : null;
}

const underWay = ['offered', 'downloading', 'interrupted', 'downloaded', 'failed'] as const;

function isUnderWay(state: DeviceState): state is Extract<DeviceState, { kind: (typeof underWay)[number] }> {
  return underWay.some((kind) => kind === state.kind);
}
