import { fileURLToPath } from 'node:url';

import { defineConfig } from '@playwright/test';

import { findChromium } from './helpers/chromium.ts';

const chromium = await findChromium();
const inRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** End to end: the built host, a real Chromium. */
export default defineConfig({
  testDir: inRoot('test/e2e'),
  testMatch: '**/*.spec.ts',
  outputDir: inRoot('test-results'),
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // Two browsers and two hosts at a time, on whatever machine this is: slow is not wrong.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
    // A layer that is half faded in has neither its colours nor its place.
    contextOptions: { reducedMotion: 'reduce' },
    // Pictures of every step cost a sixth of the time; the page's own state at every step says as much.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: chromium.executablePath,
      args: [...chromium.args],
      env: { ...process.env, ...chromium.environment },
    },
  },
});
