import { fileURLToPath } from 'node:url';

import { type ConsoleMessage, type Page, test as base, expect } from '@playwright/test';

import { axeFindings } from '../helpers/axe.ts';
import { type RunningHost, startHost } from '../helpers/headless-host.ts';

export type Fixtures = {
  /** The built headless host on free ports and an empty data folder. It must end cleanly after the test. */
  slipway: RunningHost;
  /** A page that is signed in to `slipway`. */
  ui: Page;
  /** Fails with axe's findings on what `ui` shows now, in both themes. */
  axe: () => Promise<void>;
};

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
  slipway: async ({}, use, testInfo) => {
    const host = await startHost();
    try {
      await use(host);
    } finally {
      const exitCode = await host.stop();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('host.log', { body: host.log(), contentType: 'text/plain' });
      }
      expect(exitCode, 'the host ends cleanly on SIGTERM').toBe(0);
    }
  },
  ui: async ({ page, slipway }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isRefusal(message)) problems.push(message.text());
    });
    await page.goto(slipway.signInUrl);
    await use(page);
    expect(problems, 'the page reports no error').toEqual([]);
  },
  axe: async ({ ui }, use) => {
    await use(async () => {
      expect(await axeFindings(ui), 'axe in the light theme').toEqual([]);
      await ui.emulateMedia({ colorScheme: 'dark' });
      await expect(ui.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
      expect(await axeFindings(ui, 'colours'), 'axe in the dark theme').toEqual([]);
      await ui.emulateMedia({ colorScheme: 'light' });
    });
  },
});

/** A call that the core refused: the browser reports its status, the interface shows it. */
function isRefusal(message: ConsoleMessage): boolean {
  return message.location().url.includes('/api/') && /status of 4\d\d/.test(message.text());
}

export { expect };

/** The built-looking sample app of the repository. */
export const sampleAppDir = fileURLToPath(new URL('../../resources/sample-app', import.meta.url));
