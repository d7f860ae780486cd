import type { ApiClient } from '#contract/api.ts';
import type { VirtualFramework, VirtualPlatform } from '#contract/models/virtual-device.ts';
import { pastedPath } from '#renderer/components/local-path.ts';

/** A virtual device as it is typed in. */
export type ProfileDraft = {
  readonly platform: VirtualPlatform;
  readonly framework: VirtualFramework;
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly channel: string;
  /** Name of a key of the vault, or one of the two below. */
  readonly key: string;
  readonly pem: string;
  /** Version of a release, or one of the two below. */
  readonly builtin: string;
  readonly builtinPath: string;
};

/** No key of the vault is called so: names hold no slash. */
export const NO_KEY = '/none';
export const PASTED_KEY = '/paste';

/** No version is called so either. */
export const NO_BUILTIN = '/none';
export const PATH_BUILTIN = '/path';

export const newDraft: ProfileDraft = {
  platform: 'android',
  framework: 'capacitor',
  nativeVersion: '1.0.0',
  pluginVersion: '',
  channel: '',
  key: NO_KEY,
  pem: '',
  builtin: NO_BUILTIN,
  builtinPath: '',
};

/** Cordova's client is for phones. */
export function hasFrameworks({ platform }: Pick<ProfileDraft, 'platform'>): boolean {
  return platform !== 'electron';
}

export function isComplete({ nativeVersion, key, pem, builtin, builtinPath }: ProfileDraft): boolean {
  const hasKey = key !== PASTED_KEY || pem.trim() !== '';
  const hasBuiltin = builtin !== PATH_BUILTIN || pastedPath(builtinPath) !== '';
  return nativeVersion.trim() !== '' && hasKey && hasBuiltin;
}

export function toProfile(draft: ProfileDraft): Parameters<ApiClient['simulator']['add']>[0]['profile'] {
  const { platform, framework, nativeVersion, pluginVersion, channel, key, pem, builtin, builtinPath } = draft;
  return {
    platform,
    ...(hasFrameworks(draft) && framework !== 'capacitor' ? { framework } : {}),
    nativeVersion: nativeVersion.trim(),
    ...(pluginVersion.trim() === '' ? {} : { pluginVersion: pluginVersion.trim() }),
    ...(channel.trim() === '' ? {} : { channel: channel.trim() }),
    ...(key === NO_KEY ? {} : { key: key === PASTED_KEY ? { kind: 'text', pem } : { kind: 'vault', name: key } }),
    ...(builtin === NO_BUILTIN
      ? {}
      : {
          builtin:
            builtin === PATH_BUILTIN
              ? { kind: 'path', path: pastedPath(builtinPath) }
              : { kind: 'release', version: builtin },
        }),
  };
}
