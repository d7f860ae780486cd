import type { Locator, Page } from '@playwright/test';

/** The Connect screen as a person meets it. */
export class ConnectPage {
  readonly code: Locator;
  readonly config: Locator;
  readonly projectDir: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.code = page.getByRole('img', { name: /^QR code of/ });
    this.config = page.getByRole('group', { name: 'Config' });
    this.projectDir = page.getByRole('textbox', { name: 'Project folder' });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Connect' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Connect' }).waitFor();
  }

  address(name: RegExp): Locator {
    return this.#page.getByRole('radio', { name });
  }

  /** What the config on screen says, as the app would read it. */
  async shownConfig(): Promise<{ plugins: { CapacitorUpdater: Readonly<Record<string, unknown>> } }> {
    return JSON.parse((await this.config.textContent()) ?? '') as {
      plugins: { CapacitorUpdater: Readonly<Record<string, unknown>> };
    };
  }
}
