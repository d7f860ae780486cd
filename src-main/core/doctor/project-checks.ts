import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import type { DoctorCheck, NetworkAddress } from '#contract/models/server.ts';
import { describeError } from '#contract/texts/error-texts.ts';
import { AppError } from '#core/app-error.ts';
import { isAutoUpdateOff } from '#core/projects/config-change.ts';
import { parseConfig } from '#core/projects/config-source.ts';
import type { CapacitorProject, ConfigSetting, UpdaterKey } from '#core/projects/project.ts';
import { settingAt, textOf, updaterKeys } from '#core/projects/project.ts';
import { readCapacitorProject } from '#core/projects/read-project.ts';

import { failure, ok, skipped, warning } from './check.ts';
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

const ownFix = (appId: string | null) =>
  `slipway config --app ${appId ?? 'APP_ID'} --project . --write, then npx cap sync and a new native build.`;

/** Looks whether a project's app would update from this machine. Never throws for what is in the project. */
export async function checkProject(input: ProjectCheckInput): Promise<DoctorCheck[]> {
  let project: CapacitorProject;
  try {
    project = await readCapacitorProject(input.dir, input.signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error;
    const { message, hint } = describeError(error.toWire());
    return [failure('project.config', message, hint)];
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
  const first = project.isComputed
    ? warning(
        'project.config',
        `${project.configPath} computes a part of its config; what it computes could not be checked.`,
        'Compare that part by hand with `slipway config`.',
      )
    : ok('project.config', `The config is ${project.configPath}.`);
  if (shadowed === undefined) return [first];
  const message = `${basename(shadowed)} is not used: Capacitor reads ${basename(project.configPath)}.`;
  return [
    first,
    warning('project.config_shadowed', message, `Remove ${basename(shadowed)}, or move its settings over.`),
  ];
}

function checkAppId(project: CapacitorProject, { findApp }: ProjectCheckInput): DoctorCheck {
  const id = 'project.app_id';
  if (project.appId === null) {
    return project.isComputed
      ? skipped(id, 'The app id is computed.')
      : failure(id, 'The config has no appId; the updater stops the app at its start.', 'Set appId in the config.');
  }
  return findApp(project.appId)
    ? ok(id, `${project.appId} is one of the apps here.`)
    : warning(
        id,
        `${project.appId} is not an app here yet.`,
        `slipway app add ${project.appId}, or publish a build to it.`,
      );
}

const urlKeys = [
  ['project.update_url', 'updateUrl', 'updates', 'update checks'],
  ['project.stats_url', 'statsUrl', 'stats', 'reports'],
  ['project.channel_url', 'channelUrl', 'channel_self', 'channel calls'],
] as const;

function checkUrls(project: CapacitorProject, input: ProjectCheckInput): DoctorCheck[] {
  return urlKeys.map(([id, key, path, what]) => checkUrl({ id, key, path, what, project, input }));
}

function checkUrl(part: {
  readonly id: string;
  readonly key: UpdaterKey;
  readonly path: string;
  readonly what: string;
  readonly project: CapacitorProject;
  readonly input: ProjectCheckInput;
}): DoctorCheck {
  const { id, key, path, what, project, input } = part;
  const setting = project.updater[key];
  const fix = ownFix(project.appId);
  // updateUrl alone decides whether updates come from here; the others lose what one would like to see.
  const report = key === 'updateUrl' ? failure : warning;
  if (setting.state === 'computed') return skipped(id, `${key} is computed.`);
  if (setting.state === 'missing') return report(id, `${key} is missing, so ${what} go to Capgo's cloud.`, fix);
  if (typeof setting.value !== 'string') return report(id, `${key} is not a text.`, fix);
  if (setting.value === '') return report(id, `${key} is empty, so there are no ${what}.`, fix);
  const url = URL.parse(setting.value);
  if (!url || !/^https?:$/.test(url.protocol)) return report(id, `${key} is not an http address.`, fix);
  if (/(^|\.)capgo\.(app|com)$/i.test(url.hostname)) return report(id, `${key} leads to Capgo's cloud.`, fix);

  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isHere = input.addresses.some((entry) => entry.address === host);
  const way = shortWays[host] ?? (isHere ? 'an address of this machine' : undefined);
  if (way === undefined) {
    return warning(id, `${key} leads to ${url.host}, which is not an address of this machine now.`, fix);
  }
  if (effectivePort(url) !== input.port) {
    return warning(id, `${key} leads to port ${effectivePort(url)}; devices are served on ${input.port}.`, fix);
  }
  const token = project.appId === null ? undefined : input.findApp(project.appId)?.token;
  // The token is compared, never printed.
  if (token !== undefined && url.pathname !== `/${token}/${path}`) {
    return report(id, `${key} has an old or foreign path; this machine does not know it.`, fix);
  }
  return ok(id, `${key} leads to ${url.host}, ${way}.`);
}

const shortWays: Readonly<Record<string, string>> = {
  '10.0.2.2': 'this machine as the Android emulator sees it',
  localhost: 'this machine for a simulator or over adb reverse',
  '127.0.0.1': 'this machine for a simulator or over adb reverse',
};

function effectivePort(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function checkServerUrl(project: CapacitorProject): DoctorCheck {
  const id = 'project.server_url';
  const { url } = project.server;
  if (url.state === 'computed') return skipped(id, 'server.url is computed; live updates are off whenever it is set.');
  if (url.state === 'missing' || url.value === null || url.value === '') return ok(id, 'server.url is not set.');
  // Source: protocol/clients.md §9.2 (stat `blocked_by_server_url`).
  return failure(
    id,
    `server.url is set (${shorten(String(url.value))}), which turns live updates off.`,
    'Remove server.url (live reload), run npx cap sync and build the app again.',
  );
}

function checkAutoUpdate(project: CapacitorProject): DoctorCheck {
  const id = 'project.auto_update';
  const setting = project.updater.autoUpdate;
  if (setting.state === 'computed') return skipped(id, 'autoUpdate is computed.');
  if (isAutoUpdateOff(setting)) {
    return warning(id, 'autoUpdate is off: the app asks only when its code does.', ownFix(project.appId));
  }
  return ok(id, 'The app asks for updates by itself.');
}

function checkPlugin({ pluginVersion, isPluginStray }: CapacitorProject): DoctorCheck {
  const id = 'project.plugin';
  const install = 'npm i -E @capgo/capacitor-updater@8.51.23 (Capacitor 7: 7.51.21), then npx cap sync.';
  if (pluginVersion === null) return failure(id, '@capgo/capacitor-updater is not in this project.', install);
  if (isPluginStray) {
    // Source: protocol/clients.md Appendix C.
    return failure(
      id,
      `@capgo/capacitor-updater ${shorten(pluginVersion)} is, or installs, 10.0.0: a stray release with old code.`,
      install,
    );
  }
  const major = Number(/\d+/.exec(pluginVersion)?.[0] ?? Number.NaN);
  const message = `@capgo/capacitor-updater ${shorten(pluginVersion)}`;
  return major < 5 ? warning(id, `${message} is too old for what Slipway serves.`, install) : ok(id, `${message}.`);
}

function checkPublicKey({ updater }: CapacitorProject): DoctorCheck {
  const id = 'project.public_key';
  const { publicKey } = updater;
  if (publicKey.state === 'computed') return skipped(id, 'publicKey is computed.');
  if (publicKey.state === 'missing' || publicKey.value === '' || publicKey.value === null) {
    return ok(id, 'No publicKey is set: the app takes plain releases.');
  }
  if (typeof publicKey.value !== 'string' || !publicKey.value.includes('-----BEGIN')) {
    return failure(
      id,
      'publicKey is not a PEM key.',
      'Set it from the key that releases are encrypted with, or remove it.',
    );
  }
  // Source: protocol/clients.md Appendix C, row 4.
  return warning(
    id,
    'publicKey is set: the app refuses every release that is not encrypted with its key.',
    'Publish with that key, or remove publicKey and build the app again.',
  );
}

async function checkWebDir(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.web_dir';
  if (project.webDir === null) return skipped(id, 'The config names no webDir.');
  return (await isFolder(resolve(project.dir, project.webDir)))
    ? ok(id, `The build is in ${project.webDir}.`)
    : warning(id, `The build folder ${project.webDir} is not there.`, 'Build the web app.');
}

/** The native projects carry a copy of the config, and the built app reads only that. */
async function checkSynced(project: CapacitorProject, platform: 'android' | 'ios'): Promise<DoctorCheck> {
  const id = `project.${platform}_synced`;
  const nativeDir = platform === 'android' ? project.androidDir : project.iosDir;
  const fix = `npx cap sync ${platform}, then build and install the app again.`;
  if (!(await isFolder(nativeDir))) return skipped(id, `There is no ${platform} project.`);
  const text = await textOrNull(syncedConfigPath(project, platform));
  if (text === null) return warning(id, `The ${platform} project has no copy of the config yet.`, fix);
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
    if (names.length === 0) return ok(id, `The ${platform} project has the current config.`);
    return warning(id, `The ${platform} project has an older config: ${names.join(', ')}.`, fix);
  } catch {
    return warning(id, `The ${platform} project's copy of the config cannot be read.`, fix);
  }
}

function differs(wanted: ConfigSetting, found: ConfigSetting): boolean {
  if (wanted.state === 'computed') return false;
  if (wanted.state !== found.state) return true;
  return wanted.state === 'set' && found.state === 'set' && wanted.value !== found.value;
}

async function checkAndroidCleartext(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.android_cleartext';
  if (!usesHttp(project)) return skipped(id, 'The app does not use plain http.');
  const allowed = await androidAllowsCleartext(project);
  if (allowed === null) return skipped(id, 'There is no Android project.');
  if (allowed) return ok(id, 'The Android project lets plain http through.');
  // Source: protocol/clients.md §10.2.
  return failure(
    id,
    'Android blocks plain http, so the app cannot reach this machine.',
    'For debug builds only: in android/app/src/debug/AndroidManifest.xml set <application android:usesCleartextTraffic="true" />.',
  );
}

async function checkIosTransport(project: CapacitorProject): Promise<DoctorCheck> {
  const id = 'project.ios_ats';
  if (!usesHttp(project)) return skipped(id, 'The app does not use plain http.');
  const allowed = await iosAllowsLocalHttp(project);
  if (allowed === null) return skipped(id, 'There is no iOS project.');
  if (allowed) return ok(id, 'App Transport Security lets the local network through.');
  return failure(
    id,
    'iOS blocks plain http, so the app cannot reach this machine.',
    'For debug builds only: in ios/App/App/Info.plist add NSAppTransportSecurity with NSAllowsLocalNetworking set to true.',
  );
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
