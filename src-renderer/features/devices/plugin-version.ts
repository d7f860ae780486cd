import type { Device } from '#contract/models/device.ts';

export type PluginWarning = 'stray' | 'old';

/** First releases that know `kind`, by major: below, a refusal counts as a failure (protocol/clients.md §1.8). */
const firstGood: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  5: [50, 1],
  6: [50, 1],
  7: [50, 1],
  8: [45, 11],
};

/**
 * What is wrong with a device's plugin; null when nothing is, or when it cannot be told.
 * 10.0.0 is a release with the code of 2023 that npm names `latest` (protocol/clients.md Appendix C).
 */
export function pluginWarning({
  platform,
  pluginVersion,
}: Pick<Device, 'platform' | 'pluginVersion'>): PluginWarning | null {
  // The Electron client always says 0.0.1, whatever it is (protocol/clients.md §12.1).
  if (platform === 'electron') return null;
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(pluginVersion ?? '');
  if (!match) return null;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  if (major === 10 && minor === 0 && patch === 0) return 'stray';
  if (major < 5) return 'old';
  const [goodMinor, goodPatch] = firstGood[major] ?? [0, 0];
  return minor < goodMinor || (minor === goodMinor && patch < goodPatch) ? 'old' : null;
}
