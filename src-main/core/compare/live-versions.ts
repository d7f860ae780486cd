import { readReleaseFiles } from '../releases/missing-files.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import { dialectOf } from '../updates/client-dialect.ts';
import { takesManifests } from '../updates/offer-manifest.ts';
import type { LiveVersion } from './cost.ts';

export type LiveVersionDeps = {
  readonly devices: DeviceRepository;
  readonly releases: ReleaseRepository;
  readonly releaseFiles: ReleaseFileRepository;
};

/** What an app's devices run now, and which files they have therefore. */
export async function liveVersions(
  appId: string,
  { devices, releases, releaseFiles }: LiveVersionDeps,
): Promise<LiveVersion[]> {
  const counts = new Map<string | null, { devices: number; deltaDevices: number }>();
  for (const running of devices.running(appId)) {
    const version = running.isOnBuiltin ? null : running.bundleVersion;
    const count = counts.get(version) ?? { devices: 0, deltaDevices: 0 };
    counts.set(version, count);
    count.devices += running.devices;
    const { platform, pluginVersion } = running;
    if (takesManifests(dialectOf(platform, pluginVersion), pluginVersion)) count.deltaDevices += running.devices;
  }
  const live: LiveVersion[] = [];
  for (const [version, count] of counts) {
    const release = version === null ? undefined : releases.find(appId, version);
    live.push({ version, ...count, files: release ? await readReleaseFiles(releaseFiles, release.releaseId) : null });
  }
  return live;
}
