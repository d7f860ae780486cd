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
