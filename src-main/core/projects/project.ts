import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';

import { AppError, reasonOf, throwIfAborted } from '#core/app-error.ts';

import type { ConfigNode, ConfigSource } from './config-source.ts';
import { ConfigSyntaxError, parseConfig, propertyOf } from './config-source.ts';
import { isStrayPluginVersion, readInstalledPluginVersion, readPackage } from './plugin-version.ts';
import type { TextFile } from './small-file.ts';
import { readSmallFile, SmallFileError } from './small-file.ts';

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

/** Names in the order of Capacitor's own choice. */
const configNames = ['capacitor.config.ts', 'capacitor.config.js', 'capacitor.config.mjs', 'capacitor.config.json'];

/** How many folders above a build its project is looked for: `dist/app/browser` lies three below. */
const levelsUp = 5;

/** What `readCapacitorConfig` gives to those who change the file. */
export type LoadedConfig = { readonly path: string; readonly file: TextFile; readonly source: ConfigSource };

/**
 * The Capacitor project around a folder or file, or null. Looks there and in the folders above, up to the home folder.
 * Throws `PROJECT_CONFIG_UNREADABLE` when there is one but its config is broken.
 */
export async function findCapacitorProject(start: string, signal?: AbortSignal): Promise<CapacitorProject | null> {
  const dir = await findProjectDir(start, signal);
  return dir === null ? null : await readCapacitorProject(dir, signal);
}

/** The nearest folder, from `start` upwards, that holds a Capacitor config. */
export async function findProjectDir(start: string, signal?: AbortSignal): Promise<string | null> {
  let dir = resolve(start);
  const end = homedir();
  for (let level = 0; level <= levelsUp; level += 1) {
    throwIfAborted(signal);
    if ((await configFilesIn(dir)).length > 0) return dir;
    const parent = dirname(dir);
    if (parent === dir || dir === end) return null;
    dir = parent;
  }
  return null;
}

/** Throws `PROJECT_NOT_FOUND`, `PROJECT_CONFIG_UNREADABLE`. */
export async function readCapacitorProject(dir: string, signal?: AbortSignal): Promise<CapacitorProject> {
  const { path, source } = await readCapacitorConfig(dir);
  throwIfAborted(signal);
  const projectDir = dirname(path);
  const [names, facts, installed] = await Promise.all([
    configFilesIn(projectDir),
    readPackage(join(projectDir, 'package.json')),
    readInstalledPluginVersion(projectDir),
  ]);
  const { root } = source;
  const updater = Object.fromEntries(
    updaterKeys.map((key) => [key, settingAt(root, 'plugins', 'CapacitorUpdater', key)]),
  ) as UpdaterConfig;
  const server = { url: settingAt(root, 'server', 'url'), cleartext: settingAt(root, 'server', 'cleartext') };
  const ownId = settingAt(root, 'appId');
  const name = settingAt(root, 'appName');
  const webDir = settingAt(root, 'webDir');
  const pluginVersion = installed ?? facts.pluginRange;
  return {
    dir: projectDir,
    configPath: path,
    shadowedConfigs: names.slice(1).map((name) => join(projectDir, name)),
    appId: updater.appId.state === 'computed' ? null : (textOf(updater.appId) ?? textOf(ownId)),
    name: textOf(name),
    webDir: textOf(webDir),
    packageVersion: facts.version,
    nativeVersion: textOf(updater.version),
    pluginVersion,
    isPluginStray: isStrayPluginVersion(pluginVersion),
    serverUrl: textOf(server.url),
    publicKey: textOf(updater.publicKey),
    updater,
    server,
    androidDir: resolve(projectDir, textOf(settingAt(root, 'android', 'path')) ?? 'android'),
    iosDir: resolve(projectDir, textOf(settingAt(root, 'ios', 'path')) ?? 'ios'),
    isComputed: [...Object.values(updater), ...Object.values(server), ownId, name, webDir].some(
      (setting) => setting.state === 'computed',
    ),
  };
}

/** Reads and parses the config of a project folder. Throws `PROJECT_NOT_FOUND`, `PROJECT_CONFIG_UNREADABLE`. */
export async function readCapacitorConfig(dir: string): Promise<LoadedConfig> {
  const projectDir = await realFolder(dir);
  const [name] = await configFilesIn(projectDir);
  if (name === undefined) throw new AppError('PROJECT_NOT_FOUND', { path: dir });
  const path = join(projectDir, name);
  try {
    const file = await readSmallFile(path);
    return { path, file, source: parseConfig(file.text, extname(name) === '.json' ? 'json' : 'script') };
  } catch (error) {
    if (error instanceof SmallFileError || error instanceof ConfigSyntaxError) {
      throw new AppError('PROJECT_CONFIG_UNREADABLE', { path, reason: error.message }, { cause: error });
    }
    throw error;
  }
}

/** A config file may be given in place of its folder. */
async function realFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    // A dropped config stands for its folder; its link, if it is one, does not lead elsewhere.
    return (await stat(real)).isDirectory() ? real : dirname(resolve(path));
  } catch (error) {
    throw new AppError('PROJECT_NOT_FOUND', { path }, { cause: reasonOf(error) });
  }
}

async function configFilesIn(dir: string): Promise<string[]> {
  try {
    const names = new Set(await readdir(dir));
    return configNames.filter((name) => names.has(name));
  } catch {
    return [];
  }
}

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
