import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { defaultBrowserCommand, type Command } from '#hosts/shared/open-browser.ts';

const LINUX_COMMANDS = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const WINDOWS_PROGRAMS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
];

/** Path of an installed Chrome, Chromium or browser of that family; null when there is none. */
export async function findInstalledChrome(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  for (const candidate of chromeCandidates(platform, environment)) {
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

/** Where such browsers lie, likeliest first. */
export function chromeCandidates(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string[] {
  if (platform === 'win32') {
    const bases = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => environment[name]);
    return WINDOWS_PROGRAMS.flatMap((parts) => bases.flatMap((base) => (base ? [join(base, ...parts)] : [])));
  }
  if (platform === 'darwin') {
    const bases = ['/Applications', ...(environment['HOME'] ? [join(environment['HOME'], 'Applications')] : [])];
    return MAC_APPS.flatMap((app) => bases.map((base) => join(base, `${app}.app`, 'Contents', 'MacOS', app)));
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return LINUX_COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Command that shows `url`: Chrome's app window where there is Chrome, else the system's default browser. */
export function browserCommand(url: string, chrome: string | null, platform: NodeJS.Platform): Command {
  if (chrome !== null) return [chrome, `--app=${url}`, '--window-size=1280,840'];
  return defaultBrowserCommand(url, platform);
}
