import type { ApiClient } from '#contract/api.ts';
import type { VirtualPlatform } from '#contract/models/virtual-device.ts';

/** A virtual device as it is typed in. */
export type ProfileDraft = {
  readonly platform: VirtualPlatform;
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly channel: string;
  /** Name of a key of the vault, or one of the two below. */
  readonly key: string;
  readonly pem: string;
};

/** No key of the vault is called so: names hold no slash. */
export const NO_KEY = '/none';
export const PASTED_KEY = '/paste';

export const newDraft: ProfileDraft = {
  platform: 'android',
  nativeVersion: '1.0.0',
  pluginVersion: '',
  channel: '',
  key: NO_KEY,
  pem: '',
};

export function isComplete({ nativeVersion, key, pem }: ProfileDraft): boolean {
  return nativeVersion.trim() !== '' && (key !== PASTED_KEY || pem.trim() !== '');
}

export function toProfile(draft: ProfileDraft): Parameters<ApiClient['simulator']['add']>[0]['profile'] {
  const { platform, nativeVersion, pluginVersion, channel, key, pem } = draft;
  return {
    platform,
    nativeVersion: nativeVersion.trim(),
    ...(pluginVersion.trim() === '' ? {} : { pluginVersion: pluginVersion.trim() }),
    ...(channel.trim() === '' ? {} : { channel: channel.trim() }),
    ...(key === NO_KEY ? {} : { key: key === PASTED_KEY ? { kind: 'text', pem } : { kind: 'vault', name: key } }),
  };
}
