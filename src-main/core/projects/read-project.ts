import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';

import { AppError, throwIfAborted } from '#core/app-error.ts';
import { homeFolder } from '#core/home-folder.ts';

import type { ConfigSource } from './config-source.ts';
import { ConfigSyntaxError, parseConfig } from './config-source.ts';
import { isStrayPluginVersion, readInstalledPluginVersion, readPackage } from './plugin-version.ts';
import type { CapacitorProject, UpdaterConfig } from './project.ts';
import { settingAt, textOf, updaterKeys } from './project.ts';
import type { TextFile } from './small-file.ts';
import { readSmallFile, SmallFileError } from './small-file.ts';

/** Names in the order of Capacitor's own choice. */
const configNames = ['capacitor.config.ts', 'capacitor.config.js', 'capacitor.config.mjs', 'capacitor.config.json'];

/** How many folders above a build its project is looked for: `dist/app/browser` lies three below. */
const levelsUp = 5;

/** What `readCapacitorConfig` gives to those who change the file. */
export type LoadedConfig = { readonly path: string; readonly file: TextFile; readonly source: ConfigSource };

/**
 * The Capacitor project around a folder or file, or null. Looks there and in the folders above, up to the home folder.
 * A config that cannot be read counts as none: a build can be judged without it, and the doctor tells about it.
 */
export async function findCapacitorProject(start: string, signal?: AbortSignal): Promise<CapacitorProject | null> {
  const dir = await findProjectDir(start, signal);
  if (dir === null) return null;
  try {
    return await readCapacitorProject(dir, signal);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'CANCELLED') return null;
    throw error;
  }
}

/** The nearest folder, from `start` upwards, that holds a Capacitor config. */
export async function findProjectDir(start: string, signal?: AbortSignal): Promise<string | null> {
  let dir = resolve(start);
  const end = homeFolder();
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
  const projectDir = await folderOf(dir);
  const [name] = await configFilesIn(projectDir);
  if (name === undefined) throw new AppError('PROJECT_NOT_FOUND', { path: dir });
  const path = join(projectDir, name);
  try {
    const file = await readSmallFile(path);
    return { path, file, source: await parseConfig(file.text, extname(name) === '.json' ? 'json' : 'script') };
  } catch (error) {
    if (error instanceof SmallFileError || error instanceof ConfigSyntaxError) {
      throw new AppError('PROJECT_CONFIG_UNREADABLE', { path, reason: error.message }, { cause: error });
    }
    throw error;
  }
}

/** A config file may be given in place of its folder. */
async function folderOf(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? resolve(path) : dirname(resolve(path));
  } catch (error) {
    throw new AppError('PROJECT_NOT_FOUND', { path }, { cause: error });
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
