import type { ConfigNode } from './config-source.ts';
import { propertyOf } from './config-source.ts';

/** One setting of a config that was read without running it. */
export type ConfigSetting =
  | { readonly state: 'set'; readonly value: string | number | boolean | null }
  | { readonly state: 'missing' }
  /** There, or perhaps there, but only running the config would tell its value. */
  | { readonly state: 'computed' };

/** Keys of `plugins.CapacitorUpdater` that a server cares for. Source: protocol/clients.md §10.1. */
export const updaterKeys = [
  'appId',
  'autoUpdate',
  'updateUrl',
  'statsUrl',
  'channelUrl',
  'publicKey',
  'version',
  'defaultChannel',
  'periodCheckDelay',
] as const;
export type UpdaterKey = (typeof updaterKeys)[number];
export type UpdaterConfig = { readonly [Key in UpdaterKey]: ConfigSetting };

/** A Capacitor project as its files tell, nothing of it run. What is computed or missing is null. */
export type CapacitorProject = {
  /** Absolute path of the folder that holds the config. */
  readonly dir: string;
  readonly configPath: string;
  /** Other config files beside it, which Capacitor does not read. */
  readonly shadowedConfigs: readonly string[];
  /** The id that devices send: `plugins.CapacitorUpdater.appId`, else `appId`. */
  readonly appId: string | null;
  readonly name: string | null;
  /** As written, relative to `dir`. */
  readonly webDir: string | null;
  /** `version` of the package.json beside the config. */
  readonly packageVersion: string | null;
  /** What devices report as native version when `plugins.CapacitorUpdater.version` is set. */
  readonly nativeVersion: string | null;
  /** Installed version of the updater plugin, else the declared range. */
  readonly pluginVersion: string | null;
  /** `pluginVersion` is, or would install, the stray 10.0.0. */
  readonly isPluginStray: boolean;
  readonly serverUrl: string | null;
  readonly publicKey: string | null;
  readonly updater: UpdaterConfig;
  /** Settings of `server` that decide whether updates run. */
  readonly server: { readonly url: ConfigSetting; readonly cleartext: ConfigSetting };
  /** Where the native projects are, absolute. */
  readonly androidDir: string;
  readonly iosDir: string;
  /** Something above is computed, so that its value is not known. */
  readonly isComputed: boolean;
};

/** A setting by its path from the root. */
export function settingAt(root: ConfigNode, ...path: readonly string[]): ConfigSetting {
  let node: ConfigNode = root;
  for (const key of path) {
    const property = propertyOf(node, key);
    if (property === null) return { state: 'computed' };
    if (property === undefined) return { state: 'missing' };
    node = property.value;
  }
  if (node.kind === 'literal') return { state: 'set', value: node.value };
  return { state: node.kind === 'computed' ? 'computed' : 'missing' };
}

/** The text of a setting, when it is a text and known. */
export function textOf(setting: ConfigSetting): string | null {
  return setting.state === 'set' && typeof setting.value === 'string' ? setting.value : null;
}
