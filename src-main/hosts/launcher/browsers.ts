import { defaultBrowserCommand, type Command } from '#hosts/shared/open-browser.ts';

/** Command that shows `url`: Chrome's app window where there is Chrome, else the system's default browser. */
export function browserCommand(url: string, chrome: string | null, platform: NodeJS.Platform): Command {
  if (chrome !== null) return [chrome, `--app=${url}`, '--window-size=1280,840'];
  return defaultBrowserCommand(url, platform);
}
