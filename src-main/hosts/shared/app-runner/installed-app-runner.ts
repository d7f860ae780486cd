import { basename } from 'node:path';

import type { AppRunner } from '#core/simulator/app-runner.ts';

import { findInstalledChrome } from '../installed-chrome.ts';
import { createChromeAppRunner } from './chrome-app-runner.ts';

/** Runs apps in the Chrome or Chromium of this machine, looked for when the first app comes: `SLIPWAY_CHROMIUM`, else an installed one. */
export function createInstalledAppRunner(environment: NodeJS.ProcessEnv): AppRunner {
  let found: Promise<string | null> | undefined;
  let name = 'a browser';
  return {
    get name() {
      return name;
    },
    async run(app) {
      const named = environment['SLIPWAY_CHROMIUM'];
      found ??= named ? Promise.resolve(named) : findInstalledChrome(process.platform, environment);
      const executablePath = await found;
      if (executablePath === null) return { kind: 'unavailable', reason: 'there is no Chrome or Chromium here' };
      name = basename(executablePath).replace(/\.exe$/i, '');
      return createChromeAppRunner({ executablePath, name }).run(app);
    },
  };
}
