import type { Device } from '#contract/models/device.ts';
import type { Release } from '#contract/models/release.ts';

/** How the key of a device goes with the release that its channel offers. */
export type KeyFit = 'match' | 'other' | 'missing' | 'unexpected' | 'none' | 'untold' | 'idle';

/** First plugins that tell their key, by major; from 9 on all do. Source: protocol/clients.md §11. */
const FIRST_TELLING: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  5: [50, 0],
  6: [50, 0],
  7: [50, 0],
  8: [40, 8],
};

/** `release` is what its channel offers; undefined when that is nothing. */
export function keyFit(
  device: Pick<Device, 'keyId' | 'pluginVersion'>,
  release: Pick<Release, 'keyId'> | undefined,
): KeyFit {
  const { keyId } = device;
  const wanted = release?.keyId ?? null;
  if (keyId !== null) {
    if (release === undefined) return 'idle';
    if (wanted === null) return 'unexpected';
    return keyId === wanted ? 'match' : 'other';
  }
  if (wanted === null) return 'none';
  return tellsItsKey(device.pluginVersion) ? 'missing' : 'untold';
}

/** The release that the device's channel offers, as far as the list knows. */
export function releaseFor(
  device: Pick<Device, 'channel'>,
  releases: readonly Release[],
  defaultChannel: string,
): Release | undefined {
  return releases.find(({ liveOn }) => liveOn.includes(device.channel ?? defaultChannel));
}

function tellsItsKey(pluginVersion: string | null): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(pluginVersion ?? '');
  if (!match) return false;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  if (major > 8) return true;
  const first = FIRST_TELLING[major];
  if (first === undefined) return false;
  return minor > first[0] || (minor === first[0] && patch >= first[1]);
}
