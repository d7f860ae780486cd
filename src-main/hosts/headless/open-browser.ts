import { spawn } from 'node:child_process';

/** Shows an address in the system's default browser. Resolves to false when none could be started. */
export function openBrowser(url: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const browser = spawn(commandOf(platform), [url], { detached: true, stdio: 'ignore' });
  browser.once('error', () => resolve(false));
  browser.once('spawn', () => {
    browser.unref();
    resolve(true);
  });
  return promise;
}

function commandOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'open';
  // `start` of cmd would read the & of a query as its own; explorer takes the address as it is.
  return platform === 'win32' ? 'explorer.exe' : 'xdg-open';
}
