import type { Locator, Page } from '@playwright/test';

import type { Phone } from '../../helpers/phone.ts';

/** The Devices screen as a person meets it. */
export class DevicesPage {
  readonly table: Locator;
  readonly filter: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.table = page.getByRole('table', { name: /^Devices of/ });
    this.filter = page.getByRole('searchbox', { name: 'Find a device' });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Devices' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('link', { name }) });
  }

  async openDevice(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name }).click();
    await this.#page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** Opens a device that has an update ready, and sees it applied and rolled back. */
  async watchRollback(phone: Phone, name: string): Promise<void> {
    const offer = await phone.checkForOffer();
    await phone.download(offer);
    await phone.report(offer.version, 'download_complete', 'set_next', 'set');
    await this.open();
    await this.openDevice(name);
    await phone.report(offer.version, 'update_fail');
    await this.#page.getByText(`rolled back from ${offer.version}`).waitFor();
  }

  /** Rows of a device's timeline, newest first. */
  get timeline(): Locator {
    return this.#page.getByRole('group', { name: /^What happened on/ }).getByRole('button', { expanded: false });
  }
}
