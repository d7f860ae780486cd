import semver from 'semver';

import type { VirtualFramework, VirtualPlatform } from '#contract/models/virtual-device.ts';

/** First version of each major line that has something. Lines left out have it in their LTS versions (x.50) only. */
type Since = { readonly 5?: string; readonly 6?: string; readonly 7?: string; readonly 8?: string };

/** What a client of that platform and plugin version does. Source of every row: protocol/clients.md §11 and Appendix C. */
export type Dialect = {
  /** The bundle of the store is called by the native version; before, `builtin` (§1.2). */
  readonly namesBuiltin: boolean;
  readonly hasUserAgent: boolean;
  readonly sendsChannel: boolean;
  readonly sendsKeyId: boolean;
  readonly sendsInstallSource: boolean;
  /** `version: "builtin"` needs no url (§1.5). */
  readonly understandsBuiltin: boolean;
  /** Tells `up_to_date` and `blocked` from failures by `kind`; before, every `error` is one (§1.8). */
  readonly knowsKind: boolean;
  /** The stat after an `error` that is taken for a failure: §1.8. */
  readonly errorStat: 'download_fail' | 'backend_refusal' | null;
  /** A `message` alone means that there is nothing new: §1.8. */
  readonly takesMessageForNothing: boolean;
  /** §1.6: windows, or deaf until the next start. */
  readonly rateLimit: 'window' | 'sticky' | 'none';
  readonly isBatched: boolean;
  /** Stats that were not sent survive the end of the process. */
  readonly keepsStats: boolean;
  readonly hasStartStats: boolean;
  readonly hasSetNext: boolean;
  readonly hasLaunchStats: boolean;
  /** How a delta manifest is read: not at all, every body as brotli, or by the suffix `.br` (§6.2). */
  readonly manifest: 'none' | 'all_brotli' | 'by_suffix';
  readonly resumesFiles: boolean;
  readonly refusesDuplicates: boolean;
  readonly reportsPaths: boolean;
  /** Reads the RSA checksum as hex (`v3`) or base64 (`v2`): §4.4. */
  readonly sealedForm: 'v3' | 'v2';
  /**
   * Which names its built-in bundle knows a file of a manifest by: the one on the device, the one in the manifest (so that
   * those with `.br` never match), or it is not looked at (§6.3).
   */
  readonly builtinNames: 'on_device' | 'in_manifest' | 'none';
  /** Refuses an offer without checksum, a key without session key, and every `..`: Appendix C rows 3 and 4. */
  readonly isStrict: boolean;
  /** Refuses every `.` in a path as well, a 206 without a fitting Content-Range, and going from https to http (§12.2). */
  readonly isWary: boolean;
  /** Silence after which it gives up a call, and a file of a manifest (§1.1, §6.4, §12.2). */
  readonly silenceMs: number;
  /** Android's work queue runs a broken zip download again, with Range: Appendix C row 7. */
  readonly retriesZip: boolean;
  /** iOS ends a transfer after 25 s: §2.2. */
  readonly wholeMs: number | undefined;
  readonly readyTimeoutMs: number;
  /** The choice of a channel lives on the device (§8.5). */
  readonly keepsChannel: boolean;
  readonly understandsUnset: boolean;
  readonly learnsChannel: boolean;
};

const IOS_WHOLE_MS = 25_000;
const READY_MS = 10_000;
/** The version of Capacitor's plugin that behaves as Cordova's, as far as is known. */
const CORDOVA_PORTS = '8.51.23';
/** Android since 8.45.9, for a bundle that was never ready: §9.5. */
const ANDROID_READY_MS = 30_000;

const CALL_MS = 20_000;
/** OkHttp's, which Capacitor's plugin leaves as it is (§1.1). */
const OKHTTP_MS = 10_000;

/** Which client it is. */
type Client = {
  readonly platform: VirtualPlatform;
  readonly pluginVersion: string;
  readonly framework?: VirtualFramework | undefined;
};

export function dialectOf(profile: Client): Dialect {
  if (profile.platform === 'electron') return electron;
  if (profile.framework !== 'cordova') return capacitorDialect(profile);
  // A port of the newest one with numbers of its own, and stricter (§12.2).
  const ported = capacitorDialect({ platform: profile.platform, pluginVersion: CORDOVA_PORTS });
  return { ...ported, isWary: true, silenceMs: CALL_MS };
}

function capacitorDialect(profile: Client): Dialect {
  const has = (since: Since): boolean => hasSince(profile.pluginVersion, since);
  const isAndroid = profile.platform === 'android';
  return {
    namesBuiltin: has({ 8: '8.44.0' }),
    hasUserAgent: has({ 6: '6.14.28', 7: '7.9.0' }),
    sendsChannel: has({ 5: '5.5.0', 6: '6.0.0', 7: '7.0.0' }),
    sendsKeyId: has({ 8: '8.40.8' }),
    sendsInstallSource: isAndroid && has({ 8: '8.50.0' }),
    understandsBuiltin: has({ 6: '6.2.0', 7: '7.0.2' }),
    knowsKind: has({ 8: '8.45.11' }),
    errorStat: errorStat(profile.pluginVersion),
    takesMessageForNothing: !has(isAndroid ? { 6: '6.14.25', 7: '7.2.20' } : { 6: '6.14.25', 7: '7.17.0' }),
    rateLimit: has({ 8: '8.51.5' }) ? 'window' : has({ 6: '6.14.28', 7: '7.23.8' }) ? 'sticky' : 'none',
    isBatched: has({ 8: '8.42.0' }),
    keepsStats: has({ 8: '8.51.6' }),
    hasStartStats: has({ 6: '6.25.2', 7: '7.26.0' }),
    hasSetNext: has({ 8: '8.44.0' }),
    hasLaunchStats: has({ 8: '8.51.0' }),
    manifest: has({ 6: '6.14.28', 7: '7.0.38' })
      ? 'by_suffix'
      : has({ 6: '6.3.0', 7: '7.0.2' })
        ? 'all_brotli'
        : 'none',
    resumesFiles: has({ 8: '8.51.13' }),
    refusesDuplicates: has(isAndroid ? { 8: '8.51.10' } : { 8: '8.51.23' }),
    reportsPaths: has({ 8: '8.47.3' }),
    sealedForm: has({ 7: '7.30.0' }) ? 'v3' : 'v2',
    builtinNames: isAndroid
      ? has({ 8: '8.51.10' })
        ? 'on_device'
        : 'none'
      : has({ 8: '8.51.23' })
        ? 'on_device'
        : 'in_manifest',
    isStrict: has({ 8: '8.51.23' }),
    isWary: false,
    silenceMs: isAndroid ? OKHTTP_MS : CALL_MS,
    retriesZip: isAndroid && has({ 8: '8.51.21' }),
    wholeMs: !isAndroid && has({ 8: '8.45.11' }) ? IOS_WHOLE_MS : undefined,
    readyTimeoutMs: isAndroid && has({ 8: '8.45.9' }) ? ANDROID_READY_MS : READY_MS,
    keepsChannel: has({ 7: '7.34.0' }),
    understandsUnset: has({ 8: '8.42.6' }),
    learnsChannel: has({ 8: '8.47.9' }),
  };
}

/** Numbers of its own, and one behaviour: §12.1. */
const electron: Dialect = {
  namesBuiltin: true,
  hasUserAgent: true,
  sendsChannel: true,
  sendsKeyId: true,
  sendsInstallSource: false,
  understandsBuiltin: false,
  knowsKind: false,
  errorStat: null,
  takesMessageForNothing: false,
  rateLimit: 'none',
  isBatched: false,
  keepsStats: false,
  hasStartStats: false,
  hasSetNext: false,
  hasLaunchStats: false,
  manifest: 'none',
  resumesFiles: false,
  refusesDuplicates: false,
  reportsPaths: false,
  sealedForm: 'v3',
  builtinNames: 'none',
  isStrict: false,
  isWary: false,
  silenceMs: CALL_MS,
  retriesZip: false,
  wholeMs: undefined,
  readyTimeoutMs: READY_MS,
  keepsChannel: true,
  understandsUnset: false,
  learnsChannel: false,
};

/** §1.8. The two ranges without the usual stat are of their major lines only. */
function errorStat(pluginVersion: string): Dialect['errorStat'] {
  const version = semver.coerce(pluginVersion);
  if (!version) return 'download_fail';
  if (semver.satisfies(version, '>=6.14.25 <=6.25.4 || >=7.17.0 <=7.27.4')) return 'backend_refusal';
  const isSilent = semver.satisfies(version, '>=6.27.10 <6.50.0 || >=7.28.0 <7.50.0 || >=8.0.0 <8.45.11');
  return isSilent ? null : 'download_fail';
}

/** Compares within the major line; LTS versions (5.50, 6.50, 7.50 and later) are those of line 8 with their number. */
function hasSince(pluginVersion: string, since: Since): boolean {
  const version = semver.coerce(pluginVersion);
  // No version at all: a build of the plugin's own main branch.
  if (!version) return true;
  const isLts = version.major < 8 && version.minor >= 50;
  const line = isLts ? 8 : version.major;
  const counted = isLts ? `8.${version.minor}.${version.patch}` : version;
  if (line > 8) return true;
  if (line === 8) return semver.gte(counted, since[8] ?? '8.0.0');
  const first = line === 5 || line === 6 || line === 7 ? since[line] : undefined;
  return first !== undefined && semver.gte(counted, first);
}
