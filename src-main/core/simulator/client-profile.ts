import type { BuildFacts, VirtualFramework, VirtualPlatform } from '#contract/models/virtual-device.ts';

import type { PublicKeyMaterial } from '../crypto/key-material.ts';
import { dialectOf } from './dialect.ts';

/** Clients that can be played. */
export type ClientPlatform = VirtualPlatform;

/** What is built into an app, and what tells its devices apart. */
export type ClientProfile = {
  readonly platform: ClientPlatform;
  /** Without it Capacitor's. */
  readonly framework?: VirtualFramework | undefined;
  readonly appId: string;
  readonly deviceId: string;
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly customId: string;
  /** `defaultChannel` of the config; empty for none. */
  readonly channel: string;
  /** `publicKey` of the config; null for none. */
  readonly publicKey: PublicKeyMaterial | null;
  /** What it says of its build; what is absent it says as virtual devices do. */
  readonly build?: BuildFacts | undefined;
};

type Fields = Readonly<Record<string, string | boolean | number | null>>;

const osVersions = { android: '14', ios: '17.5', electron: '24.6.0' } as const;

/** The newest that are known: clients.md Appendix C, §12.1. */
const NEWEST_PLUGIN = { android: '8.51.23', ios: '8.51.23', electron: '0.0.1' } as const;
/** The one that protocol/clients.md §12.2 was read from; its numbers are not those of Capacitor's plugin. */
const NEWEST_CORDOVA_PLUGIN = '8.2.5';

export function newestPlugin(platform: ClientPlatform, framework: VirtualFramework): string {
  return platform !== 'electron' && framework === 'cordova' ? NEWEST_CORDOVA_PLUGIN : NEWEST_PLUGIN[platform];
}

/** What the client calls the bundle of the store: `builtin` before 8.44 (clients.md §1.2). */
export function builtinName(profile: ClientProfile): string {
  return dialectOf(profile).namesBuiltin && profile.nativeVersion !== '' ? profile.nativeVersion : 'builtin';
}

/**
 * The info object of a request: Android sends every key, iOS leaves out what is nil (clients.md §1.2, §13.32).
 * `channel` is the device's own choice, or the one of its config.
 */
export function infoObject(profile: ClientProfile, versionName: string, channel = profile.channel): Fields {
  const { platform, build = {} } = profile;
  const dialect = dialectOf(profile);
  return {
    platform,
    device_id: profile.deviceId,
    app_id: profile.appId,
    custom_id: platform === 'electron' && profile.customId === '' ? null : profile.customId,
    version_build: profile.nativeVersion,
    version_code: build.nativeCode ?? (platform === 'electron' ? profile.nativeVersion : '1'),
    version_os: osVersions[platform],
    version_name: versionName,
    plugin_version: profile.pluginVersion,
    is_emulator: build.isEmulator ?? platform !== 'electron',
    is_prod: build.isProd ?? true,
    ...(dialect.sendsInstallSource ? { install_source: '' } : {}),
    ...(dialect.sendsChannel ? { defaultChannel: channel } : {}),
    ...(profile.publicKey && dialect.sendsKeyId ? { key_id: profile.publicKey.keyId } : {}),
  };
}

/** What Android's download worker posts by itself: no timestamp, no key id (clients.md §7.1). */
export function workerEvent(profile: ClientProfile, action: string, versionName: string, channel: string): Fields {
  const { key_id: _, ...info } = infoObject(profile, versionName, channel);
  return { ...info, old_version_name: '', action };
}

/** Headers that the plugin itself sets (clients.md §1.1); old ones leave the platform's own agent (§11). */
export function agentHeaders(profile: ClientProfile): Readonly<Record<string, string>> {
  const { platform, pluginVersion, appId } = profile;
  if (!dialectOf(profile).hasUserAgent) return { 'user-agent': platformAgents[platform] };
  return { 'user-agent': `CapacitorUpdater/${pluginVersion} (${appId}) ${platform}/${osVersions[platform]}` };
}

const platformAgents = { android: 'okhttp/4.12.0', ios: 'App/1 CFNetwork/1494.0.7 Darwin/23.4.0', electron: 'node' };

/** Of zip downloads on Android: the platform's own (Appendix C, row 13). */
export const ANDROID_ZIP_AGENT = 'Dalvik/2.1.0 (Linux; U; Android 14; Slipway virtual device)';
