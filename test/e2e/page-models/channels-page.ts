import type { Locator, Page } from '@playwright/test';

/** The Channels screen and the page of a channel as a person meets them. */
export class ChannelsPage {
  readonly table: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole('table', { name: /^Channels of/ });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Channels' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Channels' }).waitFor();
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name, exact: true }) });
  }

  async openChannel(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
    await this.#page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async create(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'New channel' }).click();
    await this.#page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.#page.getByRole('button', { name: 'Create channel' }).click();
    await this.#page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  /** Points the channel whose page is open at a release. */
  async pointAt(version: string, name: string): Promise<void> {
    await this.#page.getByRole('button', { name: /^(Change…|Point at a release…)$/ }).click();
    const dialog = this.#page.getByRole('dialog', { name: `What should ${name} offer?` });
    await dialog.getByRole('radio', { name: new RegExp(`^${version.replaceAll('.', '\\.')}`) }).check();
    await dialog.getByRole('button', { name: `Offer ${version} on ${name}` }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
