import { fileURLToPath } from 'node:url';

import { AxeBuilder } from '@axe-core/playwright';
import { type ConsoleMessage, type Page, test as base, expect } from '@playwright/test';

import { type RunningHost, startHost } from '../helpers/headless-host.ts';

/** WCAG 2.2 AA, as axe can judge it. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules that look at colours: all that another theme can break. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

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
      expect(await findings(ui, (builder) => builder.withTags(AXE_TAGS)), 'axe in the light theme').toEqual([]);
      await ui.emulateMedia({ colorScheme: 'dark' });
      await expect(ui.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
      expect(await findings(ui, (builder) => builder.withRules(COLOUR_RULES)), 'axe in the dark theme').toEqual([]);
      await ui.emulateMedia({ colorScheme: 'light' });
    });
  },
});

type Finding = { readonly id: string; readonly help: string; readonly where: readonly string[] };

async function findings(page: Page, choose: (builder: AxeBuilder) => AxeBuilder): Promise<Finding[]> {
  await settled(page);
  const { violations } = await choose(new AxeBuilder({ page })).analyze();
  return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
}

/** Half faded in, nothing has its colours yet. What turns for ever is not waited for. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}

/** A call that the core refused: the browser reports its status, the interface shows it. */
function isRefusal(message: ConsoleMessage): boolean {
  return message.location().url.includes('/api/') && /status of 4\d\d/.test(message.text());
}

export { expect };

/** The built-looking sample app of the repository. */
export const sampleAppDir = fileURLToPath(new URL('../../resources/sample-app', import.meta.url));
