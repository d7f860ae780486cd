import type { Locator, Page } from '@playwright/test';

/** The Keys screen as a person meets it. */
export class KeysPage {
  readonly table: Locator;
  readonly importDialog: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole('table', { name: 'Keys of the vault' });
    this.importDialog = page.getByRole('dialog', { name: 'Import a key' });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Keys' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  }

  /** Ends on the page of the new key. */
  async create(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'Create key' }).click();
    const dialog = this.#page.getByRole('dialog', { name: 'Create a key' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await this.#page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
