import { setTimeout as delay } from 'node:timers/promises';

import type { Page } from '@playwright/test';

import type { RunningHost } from '../helpers/headless-host.ts';

/** A screen of the interface in one state worth looking at. */
export type Screen = {
  /** Name of its pictures. */
  readonly name: string;
  /** Address within the interface, after the `#`. */
  readonly path: string;
  /** Brings the screen into its state; without it, it is shown as it opens. */
  readonly prepare?: (page: Page) => Promise<void>;
};

export const screens: readonly Screen[] = [
  { name: 'release', path: '/release' },
  { name: 'devices', path: '/devices' },
  { name: 'activity', path: '/activity' },
  { name: 'keys', path: '/keys' },
  { name: 'connect', path: '/connect' },
  { name: 'settings', path: '/settings' },
];

/** Screens that need what `runSample` leaves: an app, a release, a device and its requests. */
export const filledScreens: readonly Screen[] = [
  ...screens,
  { name: 'release-page', path: '/release', prepare: openFirstRow },
  { name: 'device-page', path: '/devices', prepare: openFirstRow },
  {
    name: 'activity-detail',
    path: '/activity',
    prepare: async (page) => {
      await page.getByRole('row').nth(1).click();
    },
  },
  {
    name: 'palette',
    path: '/release',
    prepare: async (page) => {
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('dialog').waitFor();
    },
  },
];

async function openFirstRow(page: Page): Promise<void> {
  await page.locator('[data-row-link]').first().click();
  await page.waitForURL(/#\/\w+\/.+/);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Publishes the sample app and updates a virtual device from it: the shortest way to something on every screen. */
export async function runSample({ api }: RunningHost): Promise<void> {
  const { jobId } = await api.sample.run({});
  for (;;) {
    const { state, error } = await api.jobs.get({ jobId });
    if (state === 'succeeded') return;
    if (error !== null) throw new Error(`The sample ended with ${error.code}.`);
    await delay(100);
  }
}

/** Shows a screen and waits until its heading is there. */
export async function openScreen(page: Page, { path, prepare }: Screen): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
  await page.locator(`nav a[aria-current="page"][href="#${path}"]`).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare?.(page);
  await settle(page);
}

/** Waits until transitions are over: midway they show colours that no theme has. What turns for ever may turn. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
