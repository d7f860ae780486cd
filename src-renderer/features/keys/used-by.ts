import type { Key } from '#contract/models/key.ts';
import { shortenMiddle } from '#renderer/i18n/format.ts';

/** More names are of no help in a sentence. */
const NAMED = 3;

/** The first names and how many more there are: `a, b, c, +4`. */
function list(names: readonly string[], language: string): string {
  const rest = names.length - NAMED;
  const shown = rest > 0 ? [...names.slice(0, NAMED), `+${rest}`] : names;
  return new Intl.ListFormat(language, { style: 'narrow', type: 'unit' }).format(shown);
}

export function releaseNames(releases: Key['usedBy']['releases'], language: string): string {
  return list(
    releases.map(({ appId, version }) => `${appId} ${version}`),
    language,
  );
}

export function appNames(apps: Key['usedBy']['apps'], language: string): string {
  return list(apps, language);
}

export function deviceNames(devices: Key['usedBy']['devices'], language: string): string {
  return list(
    devices.map(({ deviceId }) => shortenMiddle(deviceId, 12)),
    language,
  );
}
