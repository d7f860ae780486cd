import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

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
export function browserCommand(
  url: string,
  chrome: string | null,
  platform: NodeJS.Platform,
): readonly [command: string, ...arguments_: string[]] {
  if (chrome !== null) return [chrome, `--app=${url}`, '--window-size=1280,840'];
  if (platform === 'darwin') return ['open', url];
  // `start` of cmd would read the & of a query as its own; explorer takes the address as it is.
  if (platform === 'win32') return ['explorer.exe', url];
  return ['xdg-open', url];
}

/** Starts the browser and lets it live its own life. Resolves to false when it could not be started. */
export function openBrowser(command: readonly [string, ...string[]]): Promise<boolean> {
  const [program, ...rest] = command;
  const child = spawn(program, rest, { detached: true, stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
