import type { AppEntry } from '../apps/app-directory.ts';
import type { DeviceRequest } from '../device-gateway.ts';
import type { StatEvent } from '../stats/read-stats.ts';
import { dialectOf } from '../updates/client-dialect.ts';
import type { UpdateDecision } from '../updates/decision.ts';
import type { DeviceInfo } from '../updates/parse-request.ts';
import type { Running, Sighting } from './device-book.ts';
import { bundleOf } from './device-rows.ts';
import { namesRunningBundle, type DeviceEvent } from './device-state.ts';
import { isVirtual } from './downloads.ts';

/** What a check tells of its device. */
export function checkSighting({
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
      offered: decision.outcome === 'offered' ? (decision.reply.version ?? null) : null,
      running: running.version,
      platform: info.platform,
      isTransferring: isTransferring(app.appId, deviceId),
    },
  };
}

/** The bundle a check speaks of; `builtin` stands for the native version (clients.md §13.2). */
function runningOf(info: DeviceInfo): Running {
  const { versionName: name, versionBuild: build } = info;
  if (name === null || name === 'builtin') return { version: build, isOnBuiltin: true };
  return { version: name, isOnBuiltin: name === build };
}

export function failsWithoutUpdate({ platform, pluginVersion }: DeviceInfo): boolean {
  return dialectOf(platform, pluginVersion).failsWithoutUpdate;
}

/** What one reported event tells. */
export function statSighting(request: DeviceRequest, event: StatEvent): Sighting {
  const { info, action, atMs, versionName } = event;
  const isBuiltin = versionName === 'builtin' || (versionName !== null && versionName === info.versionBuild);
  const stat: DeviceEvent = {
    kind: 'stat',
    atMs,
    action,
    version: bundleOf(versionName),
    platform: info.platform,
    isBuiltin,
    failsWithoutUpdate: failsWithoutUpdate(info),
  };
  return { ...sighting(request, info, atMs), isComplete: false, running: runningAfter(event), event: stat };
}

/** What the device runs, where a stat tells: clients.md §7.4. */
function runningAfter({ action, info, versionName }: StatEvent): Running | null {
  // Back to the store's bundle; where there is a better fallback, `set` of that one follows (clients.md §9.5).
  if (action === 'update_fail' || action === 'reset') return { version: info.versionBuild, isOnBuiltin: true };
  return namesRunningBundle(action) && versionName !== null ? runningOf(info) : null;
}

/** What every request tells. */
export function sighting(
  request: DeviceRequest,
  info: DeviceInfo,
  atMs: number,
): Pick<Sighting, 'info' | 'atMs' | 'isVirtual' | 'remoteAddress'> {
  return { info, atMs, isVirtual: isVirtual(request), remoteAddress: request.remoteAddress };
}
