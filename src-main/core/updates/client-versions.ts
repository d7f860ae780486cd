import semver from 'semver';

/**
 * A native version made comparable as Capgo does it (capgo-server-and-cli.md §5.3), and beyond: what Capgo refuses
 * with `semver_error` (`1.2.3.4`, `01.2`) is read as well as it can be, because at a desk the person wants the update.
 */
export type NativeVersion = {
  /** Semantic version, or null when there is nothing like one in it. */
  readonly comparable: string | null;
  /** `exact`: as sent; `padded`: as Capgo does it; `coerced`: Capgo would have refused the request. */
  readonly reading: 'exact' | 'padded' | 'coerced' | 'none';
};

export function readNativeVersion(sent: string | null): NativeVersion {
  if (sent === null) return { comparable: null, reading: 'none' };
  if (/^\d+\.\d+\.\d+$/.test(sent) && semver.valid(sent) === sent) return { comparable: sent, reading: 'exact' };
  const padded = semver.valid(padVersion(sent));
  if (padded !== null) return { comparable: padded, reading: 'padded' };
  const coerced = semver.coerce(sent)?.version ?? null;
  return { comparable: coerced, reading: coerced === null ? 'none' : 'coerced' };
}

/** Capgo's `fixSemver`. */
function padVersion(version: string): string {
  if (version === 'builtin' || version === 'unknown') return '0.0.0';
  const dots = version.split('.').length - 1;
  if (dots === 0) return `${version}.0.0`;
  return dots === 1 ? `${version}.0` : version;
}

/**
 * Whether a plugin is at least the version that its major line needs: 6.3.0 is newer than 7.0.1 in features.
 * A major above all lines counts as new, one below all as old. Source: protocol/clients.md §11.
 */
export function isPluginAtLeast(pluginVersion: string | null, lines: readonly string[]): boolean {
  const version = pluginVersion === null ? null : semver.coerce(pluginVersion);
  if (!version) return false;
  const majors = lines.map((line) => semver.major(line));
  if (version.major > Math.max(...majors)) return true;
  const line = lines.find((candidate) => semver.major(candidate) === version.major);
  return line !== undefined && semver.gte(version, line);
}

/** Understand `version: "builtin"` without a url (clients.md §1.5); LTS 5.50 is 8.50's code. */
export const BUILTIN_REPLY_PLUGINS = ['5.50.0', '6.2.0', '7.0.2'] as const;

/** Send `key_id` when they have a public key: 8.40.8, and the LTS lines with version 8's code (clients.md §11). */
export const KEY_ID_PLUGINS = ['5.50.0', '6.50.0', '7.50.0', '8.40.8'] as const;
