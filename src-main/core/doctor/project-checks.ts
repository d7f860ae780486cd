import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import type { DoctorCheck, NetworkAddress } from '#contract/models/server.ts';
import { AppError } from '#core/app-error.ts';
import { isAutoUpdateOff } from '#core/projects/config-change.ts';
import { parseConfig } from '#core/projects/config-source.ts';
import type { CapacitorProject, ConfigSetting, UpdaterKey } from '#core/projects/project.ts';
import { settingAt, textOf, updaterKeys } from '#core/projects/project.ts';
import { readCapacitorProject } from '#core/projects/read-project.ts';

import { failedWith, failure, ok, skipped, warning } from './check.ts';
import { androidAllowsCleartext, iosAllowsLocalHttp, syncedConfigPath, textOrNull } from './native-settings.ts';

export type ProjectCheckInput = {
  readonly dir: string;
  readonly addresses: readonly NetworkAddress[];
  /** Port that devices use, or would use. */
  readonly port: number;
  /** The app of that id, if Slipway has it. */
  readonly findApp: (appId: string) => { readonly token: string } | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Stands in a command for the id of an app that has none. */
const appIdOf = ({ appId }: CapacitorProject): string => appId ?? 'APP_ID';

/** Looks whether a project's app would update from this machine. Never throws for what is in the project. */
export async function checkProject(input: ProjectCheckInput): Promise<DoctorCheck[]> {
  let project: CapacitorProject;
  try {
    project = await readCapacitorProject(input.dir, input.signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error;
    return [failedWith('project.config', error.toWire())];
  }
  return [
    ...checkConfigFile(project),
    checkAppId(project, input),
    ...checkUrls(project, input),
    checkServerUrl(project),
    checkAutoUpdate(project),
    checkPlugin(project),
    checkPublicKey(project),
    await checkWebDir(project),
    await checkSynced(project, 'android'),
    await checkSynced(project, 'ios'),
    await checkAndroidCleartext(project),
    await checkIosTransport(project),
  ];
}

function checkConfigFile(project: CapacitorProject): DoctorCheck[] {
  const [shadowed] = project.shadowedConfigs;
  const path = project.configPath;
  const first = project.isComputed
    ? warning('project.config', 'CONFIG_COMPUTED', { path })
    : ok('project.config', 'CONFIG_FOUND', { path });
  if (shadowed === undefined) return [first];
  const names = { unused: basename(shadowed), used: basename(path) };
  return [first, warning('project.config_shadowed', 'CONFIG_SHADOWED', names)];
}

function checkAppId(project: CapacitorProject, { findApp }: ProjectCheckInput): DoctorCheck {
  const id = 'project.app_id';
  const { appId } = project;
  if (appId === null) return project.isComputed ? skipped(id, 'APP_ID_COMPUTED') : failure(id, 'APP_ID_MISSING');
  return findApp(appId) ? ok(id, 'APP_KNOWN', { appId }) : warning(id, 'APP_UNKNOWN', { appId });
}

const urlKeys = [
  {
    id: 'project.update_url',
    key: 'updateUrl',
    path: 'updates',
    missing: 'UPDATE_URL_MISSING',
    empty: 'UPDATE_URL_EMPTY',
  },
  { id: 'project.stats_url', key: 'statsUrl', path: 'stats', missing: 'STATS_URL_MISSING', empty: 'STATS_URL_EMPTY' },
  {
    id: 'project.channel_url',
    key: 'channelUrl',
    path: 'channel_self',
    missing: 'CHANNEL_URL_MISSING',
    empty: 'CHANNEL_URL_EMPTY',
  },
] as const satisfies readonly { readonly key: UpdaterKey; readonly [name: string]: string }[];

function checkUrls(project: CapacitorProject, input: ProjectCheckInput): DoctorCheck[] {
  return urlKeys.map((setting) => checkUrl(setting, project, input));
}

function checkUrl(
  { id, key, path, missing, empty }: (typeof urlKeys)[number],
  project: CapacitorProject,
  input: ProjectCheckInput,
): DoctorCheck {
  const setting = project.updater[key];
  const values = { key, appId: appIdOf(project) };
  // updateUrl alone decides whether updates come from here; the others lose what one would like to see.
  const report = key === 'updateUrl' ? failure : warning;
  if (setting.state === 'computed') return skipped(id, 'URL_COMPUTED', { key });
  if (setting.state === 'missing') return report(id, missing, values);
  if (typeof setting.value !== 'string') return report(id, 'URL_NOT_TEXT', values);
  if (setting.value === '') return report(id, empty, values);
  const url = URL.parse(setting.value);
  if (!url || !/^https?:$/.test(url.protocol)) return report(id, 'URL_NOT_HTTP', values);
  if (/(^|\.)capgo\.(app|com)$/i.test(url.hostname)) return report(id, 'URL_OF_CLOUD', values);

  const { host } = url;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const way = shortWays[name] ?? (input.addresses.some(({ address }) => address === name) ? 'URL_HERE' : undefined);
  if (way === undefined) return warning(id, 'URL_ELSEWHERE', { ...values, host });
  const found = effectivePort(url);
  if (found !== input.port) return warning(id, 'URL_OTHER_PORT', { ...values, found, port: input.port });
  const token = project.appId === null ? undefined : input.findApp(project.appId)?.token;
  // The token is compared, never printed.
  if (token !== undefined && url.pathname !== `/${token}/${path}`) return report(id, 'URL_OTHER_PATH', values);
  return ok(id, way, { key, host });
}

const shortWays: Readonly<Record<string, 'URL_FOR_EMULATOR' | 'URL_FOR_SIMULATOR'>> = {
  '10.0.2.2': 'URL_FOR_EMULATOR',
  localhost: 'URL_FOR_SIMULATOR',
  '127.0.0.1': 'URL_FOR_SIMULATOR',
};

function effectivePort(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function checkServerUrl(project: CapacitorProject): DoctorCheck {
  const id = 'project.server_url';
  const { url } = project.server;
  if (url.state === 'computed') return skipped(id, 'SERVER_URL_COMPUTED');
  if (url.state === 'missing' || url.value === null || url.value === '') return ok(id, 'SERVER_URL_UNSET');
  // Source: protocol/clients.md §9.2 (stat `blocked_by_server_url`).
  return failure(id, 'SERVER_URL_SET', { url: shorten(String(url.value)) });
}

function checkAutoUpdate(project: CapacitorProject): DoctorCheck {
  const id = 'project.auto_update';
  const setting = project.updater.autoUpdate;
  if (setting.state === 'computed') return skipped(id, 'AUTO_UPDATE_COMPUTED');
  if (isAutoUpdateOff(setting)) return warning(id, 'AUTO_UPDATE_OFF', { appId: appIdOf(project) });
  return ok(id, 'AUTO_UPDATE_ON');
}

function checkPlugin({ pluginVersion, isPluginStray }: CapacitorProject): DoctorCheck {
  const id = 'project.plugin';
  if (pluginVersion === null) return failure(id, 'PLUGIN_MISSING');
  const version = shorten(pluginVersion);
  // Source: protocol/clients.md Appendix C.
  if (isPluginStray) return failure(id, 'PLUGIN_STRAY', { version });
  const major = Number(/\d+/.exec(pluginVersion)?.[0] ?? Number.NaN);
  return major < 5 ? warning(id, 'PLUGIN_OLD', { version }) : ok(id, 'PLUGIN_FOUND', { version });
}

function checkPublicKey({ updater }: CapacitorProject): DoctorCheck {
  const id = 'project.public_key';
  const { publicKey } = updater;
  if (publicKey.state === 'computed') return skipped(id, 'PUBLIC_KEY_COMPUTED');
  if (publicKey.state === 'missing' || publicKey.value === '' || publicKey.value === null) {
    return ok(id, 'PUBLIC_KEY_UNSET');
  }
  if (typeof publicKey.value !== 'string' || !publicKey.value.includes('-----BEGIN')) {
    return failure(id, 'PUBLIC_KEY_NO_PEM');
  }
  // Source: protocol/clients.md Appendix C, row 4.
  return warning(id, 'PUBLIC_KEY_SET');
}

async function checkWebDir(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.web_dir';
  const { webDir } = project;
  if (webDir === null) return skipped(id, 'WEB_DIR_UNSET');
  const isThere = await isFolder(resolve(project.dir, webDir));
  return isThere ? ok(id, 'WEB_DIR_FOUND', { webDir }) : warning(id, 'WEB_DIR_MISSING', { webDir });
}

/** The native projects carry a copy of the config, and the built app reads only that. */
async function checkSynced(project: CapacitorProject, platform: 'android' | 'ios'): Promise<DoctorCheck> {
  const id = `project.${platform}_synced`;
  const nativeDir = platform === 'android' ? project.androidDir : project.iosDir;
  if (!(await isFolder(nativeDir))) return skipped(id, 'NATIVE_MISSING', { platform });
  const text = await textOrNull(syncedConfigPath(project, platform));
  if (text === null) return warning(id, 'NATIVE_UNSYNCED', { platform });
  try {
    const { root } = await parseConfig(text, 'json');
    const differing = updaterKeys.filter((key) =>
      differs(project.updater[key], settingAt(root, 'plugins', 'CapacitorUpdater', key)),
    );
    const names: string[] = differing.map((key) => key);
    if (differs(project.server.url, settingAt(root, 'server', 'url'))) names.push('server.url');
    if (
      project.updater.appId.state === 'missing' &&
      project.appId !== null &&
      textOf(settingAt(root, 'appId')) !== project.appId
    ) {
      names.push('appId');
    }
    if (names.length === 0) return ok(id, 'NATIVE_SYNCED', { platform });
    return warning(id, 'NATIVE_OLDER', { platform, names: names.join(', ') });
  } catch {
    return warning(id, 'NATIVE_UNREADABLE', { platform });
  }
}

function differs(wanted: ConfigSetting, found: ConfigSetting): boolean {
  if (wanted.state === 'computed') return false;
  if (wanted.state !== found.state) return true;
  return wanted.state === 'set' && found.state === 'set' && wanted.value !== found.value;
}

async function checkAndroidCleartext(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.android_cleartext';
  if (!usesHttp(project)) return skipped(id, 'HTTP_UNUSED');
  const allowed = await androidAllowsCleartext(project);
  if (allowed === null) return skipped(id, 'NATIVE_MISSING', { platform: 'Android' });
  // Source: protocol/clients.md §10.2.
  return allowed ? ok(id, 'ANDROID_CLEARTEXT_ALLOWED') : failure(id, 'ANDROID_CLEARTEXT_BLOCKED');
}

async function checkIosTransport(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.ios_ats';
  if (!usesHttp(project)) return skipped(id, 'HTTP_UNUSED');
  const allowed = await iosAllowsLocalHttp(project);
  if (allowed === null) return skipped(id, 'NATIVE_MISSING', { platform: 'iOS' });
  return allowed ? ok(id, 'IOS_TRANSPORT_ALLOWED') : failure(id, 'IOS_TRANSPORT_BLOCKED');
}

function usesHttp(project: CapacitorProject): boolean {
  return /^http:/i.test(textOf(project.updater.updateUrl) ?? '');
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
