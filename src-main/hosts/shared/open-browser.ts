import { spawn } from 'node:child_process';

/** A program and what it is started with. */
export type Command = readonly [program: string, ...arguments_: string[]];

/** Shows `url` in the system's default browser. */
export function defaultBrowserCommand(url: string, platform: NodeJS.Platform = process.platform): Command {
  if (platform === 'darwin') return ['open', url];
  // `start` of cmd would read the & of a query as its own; explorer takes the address as it is.
  return platform === 'win32' ? ['explorer.exe', url] : ['xdg-open', url];
}

/** Starts a browser and lets it live its own life. Resolves to false when it could not be started. */
export function openBrowser([program, ...rest]: Command): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const browser = spawn(program, rest, { detached: true, stdio: 'ignore' });
  browser.once('error', () => resolve(false));
  browser.once('spawn', () => {
    browser.unref();
    resolve(true);
  });
  return promise;
}
