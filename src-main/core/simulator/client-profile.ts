import semver from 'semver';

import type { PublicKeyMaterial } from '../crypto/key-material.ts';

/** Clients that can be played. */
export type ClientPlatform = 'android' | 'ios' | 'electron';

export type ClientProfile = {
  readonly platform: ClientPlatform;
  readonly appId: string;
  readonly deviceId: string;
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly customId: string;
  /** `defaultChannel` of the config; empty for none. */
  readonly channel: string;
  /** `publicKey` of the config; null for none. */
  readonly publicKey: PublicKeyMaterial | null;
};

type Fields = Readonly<Record<string, string | boolean | number | null>>;

const osVersions = { android: '14', ios: '17.5', electron: '24.6.0' } as const;

/** Whether the plugin is at least `version` of its major line; LTS lines (x.50) count as 8.50: clients.md §11. */
export function isPlugin(profile: Pick<ClientProfile, 'pluginVersion'>, atLeast: string): boolean {
  const version = semver.coerce(profile.pluginVersion);
  if (!version) return true;
  const isLts = version.major < 8 && version.minor >= 50;
  return semver.gte(isLts ? `8.${version.minor}.${version.patch}` : version, atLeast);
}

/** What the client calls the bundle it runs: `builtin` before 8.44 (clients.md §1.2). */
export function bundleName(profile: ClientProfile, current: string | null): string {
  if (current !== null) return current;
  const isNamed = profile.platform === 'electron' || isPlugin(profile, '8.44.0');
  return isNamed && profile.nativeVersion !== '' ? profile.nativeVersion : 'builtin';
}

/** The info object of a request: Android sends every key, iOS leaves out what is nil (clients.md §1.2, §13.32). */
export function infoObject(profile: ClientProfile, versionName: string): Fields {
  const { platform } = profile;
  return {
    platform,
    device_id: profile.deviceId,
    app_id: profile.appId,
    custom_id: platform === 'electron' && profile.customId === '' ? null : profile.customId,
    version_build: profile.nativeVersion,
    version_code: platform === 'electron' ? profile.nativeVersion : '1',
    version_os: osVersions[platform],
    version_name: versionName,
    plugin_version: profile.pluginVersion,
    is_emulator: platform !== 'electron',
    is_prod: true,
    ...(platform === 'android' && isPlugin(profile, '8.50.0') ? { install_source: '' } : {}),
    defaultChannel: profile.channel,
    ...(profile.publicKey && sendsKeyId(profile) ? { key_id: profile.publicKey.keyId } : {}),
  };
}

/** Since 8.40.8 and in the LTS lines (clients.md §11); Electron has its own numbers and always does (§12.1). */
function sendsKeyId(profile: ClientProfile): boolean {
  return profile.platform === 'electron' || isPlugin(profile, '8.40.8');
}

/** What Android's download worker posts by itself: no timestamp, no key id (clients.md §7.1). */
export function workerEvent(profile: ClientProfile, action: string, versionName: string): Fields {
  const { key_id: _, ...info } = infoObject(profile, versionName);
  return { ...info, old_version_name: '', action };
}

/** Clients.md §1.1; zip downloads on Android carry the platform's own (Appendix C, row 13). */
export function userAgent({ platform, pluginVersion, appId }: ClientProfile): string {
  return `CapacitorUpdater/${pluginVersion} (${appId}) ${platform}/${osVersions[platform]}`;
}

export const ANDROID_ZIP_AGENT = 'Dalvik/2.1.0 (Linux; U; Android 14; Slipway virtual device)';
