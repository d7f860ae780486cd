import semver from 'semver';

import type { Platform } from '#contract/models/common.ts';

/**
 * First versions with a feature, one for each major line that got it late. A major above all named ones has it, one
 * below does not. 5.50, 6.50 and 7.50 are version 8.50 for older Capacitors and count as that.
 * Source: protocol/clients.md §11.
 */
const since = {
  /** `version: "builtin"` without a url. */
  builtinReply: ['6.2.0', '7.0.2'],
  /** SHA-256 instead of CRC32: clients.md §3. */
  sha256: ['5.10.0', '6.1.18', '7.0.2'],
  /** An encrypted checksum in hex (format v3); before that base64. */
  hexChecksum: ['7.30.0'],
  /** `key_id`, when the app has a public key. */
  keyId: ['8.40.8'],
  manifest: ['6.3.0', '7.0.2'],
  /** `.br` says which bodies are brotli; before that all of them were taken for it. */
  manifestSuffix: ['6.14.28', '7.0.38'],
  /** The device keeps the channel it chose, and sends no DELETE. */
  channelOnDevice: ['7.34.0', '8.0.0'],
  /** `unset: true` in the answer to setChannel. */
  unsetReply: ['8.42.6'],
  statsBatches: ['8.42.0'],
  /** The store's bundle has the name of the native version; before that `builtin`. */
  namedStoreBundle: ['8.44.0'],
  kind: ['8.45.11'],
  /** `download_fail` for nothing but failures: clients.md §7.4. */
  trueFailures: ['6.14.25', '7.17.0'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * What a client understands and does. Cordova's client says `android` or `ios` and cannot be told from Capacitor's;
 * what it wants beyond that (a checksum always, `session_key` with a public key: clients.md §12.2) every offer has.
 */
export type ClientDialect = {
  readonly name: 'android' | 'ios' | 'electron' | 'unknown';
  /** Who keeps the channel that the app chose by setChannel (clients.md §8.5). */
  readonly channelKeptBy: 'device' | 'server';
  readonly readsUnsetReply: boolean;
  /** Electron asks by GET, spells `allow_set` and wants lists in an object (clients.md §12.1). */
  readonly channelCalls: 'mobile' | 'electron';
  readonly readsKind: boolean;
  readonly understandsBuiltin: boolean;
  /** How it takes a manifest: not at all, with every body brotli, or by the suffix of names. */
  readonly manifest: 'none' | 'all_brotli' | 'by_suffix';
  readonly sendsStatsBatches: boolean;
  readonly storeBundleName: 'builtin' | 'native_version';
  readonly sessionKeyFields: readonly ('session_key' | 'sessionKey')[];
  /** A client that does not tell may have a key all the same. */
  readonly tellsKeyId: boolean;
  readonly checksum: 'crc32' | 'sha256';
  /** Compares the file as it came, before it decrypts it; the others compare the plain zip (clients.md §3, §12.1). */
  readonly comparesDownload: boolean;
  readonly readsHexChecksum: boolean;
  /** Reports `download_fail` also when a check brought no update (clients.md §7.4); Capgo then looks away. */
  readonly failsWithoutUpdate: boolean;
};

/** Electron's client calls itself 0.0.1 whatever it is: clients.md §12.1. */
const electron: ClientDialect = {
  name: 'electron',
  channelKeptBy: 'device',
  readsUnsetReply: false,
  channelCalls: 'electron',
  readsKind: false,
  understandsBuiltin: false,
  manifest: 'none',
  sendsStatsBatches: false,
  storeBundleName: 'native_version',
  sessionKeyFields: ['session_key', 'sessionKey'],
  tellsKeyId: true,
  checksum: 'sha256',
  comparesDownload: true,
  readsHexChecksum: true,
  failsWithoutUpdate: false,
};

/** Every check asks, and a desk has few clients; strangers who invent versions must not fill the memory. */
const MAX_KNOWN = 200;
const known = new Map<string, ClientDialect>();

/** The one place that knows what which client can do. An unknown version is taken for a new one where that is harmless. */
export function dialectOf(platform: Platform, pluginVersion: string | null): ClientDialect {
  if (platform === 'electron') return electron;
  const key = `${platform} ${pluginVersion ?? ''}`;
  const found = known.get(key);
  if (found) return found;
  const dialect = mobileDialect(platform, pluginVersion);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, dialect);
  return dialect;
}

function mobileDialect(platform: Exclude<Platform, 'electron'>, pluginVersion: string | null): ClientDialect {
  const level = pluginLevel(pluginVersion);
  const has = (feature: keyof typeof since, ifUnknown: boolean): boolean =>
    level === null ? ifUnknown : isSince(level, since[feature]);
  return {
    name: platform,
    channelKeptBy: has('channelOnDevice', true) ? 'device' : 'server',
    readsUnsetReply: has('unsetReply', true),
    channelCalls: 'mobile',
    readsKind: has('kind', true),
    understandsBuiltin: has('builtinReply', false),
    manifest: has('manifestSuffix', false) ? 'by_suffix' : has('manifest', false) ? 'all_brotli' : 'none',
    sendsStatsBatches: has('statsBatches', true),
    storeBundleName: has('namedStoreBundle', true) ? 'native_version' : 'builtin',
    sessionKeyFields: ['session_key'],
    tellsKeyId: has('keyId', false),
    // Of plugins before 5 nothing is known; Capgo serves them like new ones (capgo-server-and-cli.md §12.16).
    checksum: has('sha256', true) || (level !== null && level.major < 5) ? 'sha256' : 'crc32',
    comparesDownload: false,
    readsHexChecksum: has('hexChecksum', true) || (level !== null && level.major < 5),
    failsWithoutUpdate: !has('trueFailures', true),
  };
}

/** The version as one of the line it belongs to; null when it is none. */
function pluginLevel(pluginVersion: string | null): semver.SemVer | null {
  const version = pluginVersion === null ? null : semver.coerce(pluginVersion, { includePrerelease: true });
  if (!version) return null;
  const isBackport = version.major >= 5 && version.major <= 7 && version.minor >= 50;
  return isBackport ? new semver.SemVer(`8.${version.minor}.${version.patch}`) : version;
}

/** The major version of a plugin, as it says it. */
export function pluginMajor(pluginVersion: string | null): number | null {
  return pluginVersion === null ? null : (semver.coerce(pluginVersion)?.major ?? null);
}

function isSince(level: semver.SemVer, lines: readonly string[]): boolean {
  const majors = lines.map((line) => semver.major(line));
  if (level.major > Math.max(...majors)) return true;
  const line = lines.find((candidate) => semver.major(candidate) === level.major);
  return line !== undefined && semver.gte(level, line);
}
