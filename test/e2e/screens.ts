import type { Page } from '@playwright/test';

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
  { name: 'connect', path: '/connect' },
  { name: 'settings', path: '/settings' },
];

/** Shows a screen and waits until its heading is there. */
export async function openScreen(page: Page, { path, prepare }: Screen): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
  await page.locator(`nav a[aria-current="page"][href="#${path}"]`).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare?.(page);
}
