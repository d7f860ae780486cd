import { fileURLToPath } from 'node:url';

import { defineConfig } from '@playwright/test';

import { findChromium } from './helpers/chromium.ts';

const chromium = await findChromium();
const inRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** End to end: the built host, a real Chromium. Specs that look at colours carry `@themes` and run in both. */
export default defineConfig({
  testDir: inRoot('test/e2e'),
  testMatch: '**/*.spec.ts',
  outputDir: inRoot('test-results'),
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // Two browsers and two hosts at a time, on whatever machine this is: slow is not wrong.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium.executablePath,
      args: [...chromium.args],
      env: { ...process.env, ...chromium.environment },
    },
  },
  projects: [
    { name: 'light', use: { colorScheme: 'light' } },
    { name: 'dark', use: { colorScheme: 'dark' }, grep: /@themes/ },
  ],
});
