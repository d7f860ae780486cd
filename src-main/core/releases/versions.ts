import semver from 'semver';

import type { Bump, VersionWarning } from '#contract/models/release.ts';

/**
 * Strict semantic versioning 2.0 without `v`, as the clients and Capgo's own tools demand it.
 * Source: protocol/capgo-server-and-cli.md §1.2.
 */
export function isValidVersion(version: string): boolean {
  // semver.valid alone takes `v1.2.3` and blanks around it.
  return version.length <= 256 && /^\d/.test(version) && version === version.trim() && semver.valid(version) !== null;
}

/** A native version as devices report it (`1`, `1.2`, `v1.2.3`, `1.2.3.4`), made comparable; null when it cannot be. */
export function comparableNativeVersion(nativeVersion: string): string | null {
  const text = nativeVersion.trim();
  return semver.valid(text) ?? semver.coerce(text.slice(0, 256))?.version ?? null;
}

/** The highest of the native versions, as it was reported; null when none can be compared. */
export function highestNativeVersion(nativeVersions: readonly string[]): string | null {
  let highest: { readonly given: string; readonly comparable: string } | null = null;
  for (const given of nativeVersions) {
    const comparable = comparableNativeVersion(given);
    if (comparable === null) continue;
    if (!highest || semver.gt(comparable, highest.comparable)) highest = { given, comparable };
  }
  return highest?.given ?? null;
}

/** The highest version in semver order. */
export function highestVersion(versions: readonly string[]): string | null {
  return versions.reduce<string | null>(
    (highest, version) => (highest === null || semver.compareBuild(version, highest) > 0 ? version : highest),
    null,
  );
}

export type VersionFacts = {
  /** Versions that can never be used again. */
  readonly used: ReadonlySet<string>;
  /** The highest that is published now, or was. */
  readonly latest: string | null;
  readonly nativeVersion: string | null;
  /** `version` of the project's package.json. */
  readonly packageVersion?: string | null | undefined;
};

/**
 * The next version: above everything published and above the native version, so that phones take it.
 * The first release takes the project's own version when that is fit, else 1.0.0.
 */
export function suggestVersion(facts: VersionFacts, bump: Bump = 'patch'): string {
  const { used, latest, packageVersion } = facts;
  const native = facts.nativeVersion === null ? null : comparableNativeVersion(facts.nativeVersion);
  const isFit = (version: string): boolean => !used.has(version) && (native === null || semver.gt(version, native));
  if (latest === null) {
    const first = packageVersion && isMeant(packageVersion) ? packageVersion : '1.0.0';
    if (isFit(first)) return first;
  }
  const base = highestVersion([latest, native].filter((version) => version !== null)) ?? '1.0.0';
  let next = increase(base, bump);
  while (next !== null && !isFit(next)) next = increase(next, bump);
  if (next !== null) return next;
  // Phones can report anything, and nothing may lie above it: then what they report does not count.
  return suggestVersion({ ...facts, latest: native === null ? null : latest, nativeVersion: null }, bump);
}

/** `0.0.0` is what project templates come with; nobody chose it. */
function isMeant(packageVersion: string): boolean {
  return isValidVersion(packageVersion) && semver.gt(packageVersion, '0.0.0');
}

const bumps: readonly Bump[] = ['patch', 'minor', 'major'];

/** Null when there is no higher one. A number that is as large as numbers get leaves it to the one before it. */
function increase(version: string, bump: Bump): string | null {
  for (const part of bumps.slice(bumps.indexOf(bump))) {
    const next = semver.valid(semver.inc(version, part));
    if (next !== null) return next;
  }
  return null;
}

/** Why a version may not reach the phones its publisher thinks of. Empty for an invalid version. */
export function versionWarnings(
  version: string,
  { latest, nativeVersion }: Pick<VersionFacts, 'latest' | 'nativeVersion'>,
): VersionWarning[] {
  if (!isValidVersion(version)) return [];
  const warnings: VersionWarning[] = [];
  const native = nativeVersion === null ? null : comparableNativeVersion(nativeVersion);
  if (native !== null && nativeVersion !== null) {
    const params = { version, nativeVersion };
    if (version === nativeVersion || version === native) warnings.push({ code: 'SAME_AS_NATIVE', params });
    else if (semver.lt(version, native)) {
      const isPrereleaseOfIt =
        semver.prerelease(version) !== null && new semver.SemVer(version).compareMain(native) === 0;
      warnings.push({ code: isPrereleaseOfIt ? 'PRERELEASE_BELOW_NATIVE' : 'BELOW_NATIVE', params });
    }
  }
  if (latest !== null && semver.lt(version, latest)) {
    warnings.push({ code: 'BELOW_LATEST', params: { version, latest } });
  }
  return warnings;
}
