import type { Locator, Page } from '@playwright/test';

/** The Release screen, its review sheet and its release pages as a person meets them. */
export class ReleasePage {
  readonly sheet: Locator;
  readonly table: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.sheet = page.getByRole('dialog', { name: /^Review build/ });
    this.table = page.getByRole('table', { name: /^Releases of/ });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Release' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Releases' }).waitFor();
  }

  /** Drags real files or folders over the window and lets go: what a file manager does, not a made-up event. */
  async drop(...paths: string[]): Promise<void> {
    const session = await this.#page.context().newCDPSession(this.#page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    const place = { x: 500, y: 400, data };
    await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...place });
    await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...place });
    await session.send('Input.dispatchDragEvent', { type: 'drop', ...place });
    await session.detach();
  }

  async openPath(path: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'Paste a path…' }).click();
    await this.#page.getByRole('textbox', { name: 'Path of the build folder or zip' }).fill(path);
    await this.#page.getByRole('button', { name: 'Review build' }).click();
  }

  get app(): Locator {
    return this.sheet.getByRole('combobox', { name: 'App' });
  }

  get version(): Locator {
    return this.sheet.getByRole('textbox', { name: 'Version' });
  }

  get publish(): Locator {
    return this.sheet.getByRole('button', { name: /^Publish/ });
  }

  /** The page of a release that has just gone live. */
  async waitForRelease(version: string): Promise<void> {
    await this.#page.getByRole('heading', { level: 1, name: version, exact: true }).waitFor();
  }

  row(version: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name: version, exact: true }) });
  }
}
