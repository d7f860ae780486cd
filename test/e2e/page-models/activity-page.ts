import type { Locator, Page } from '@playwright/test';

/** The Activity screen as a person meets it. */
export class ActivityPage {
  readonly log: Locator;
  readonly search: Locator;
  readonly newest: Locator;
  readonly detail: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.log = page.getByRole('grid', { name: 'Requests and reports, newest last' });
    this.search = page.getByRole('searchbox', { name: 'Find in the log' });
    this.newest = page.getByRole('button', { name: /^(To the newest|[\d,]+ new)$/ });
    this.detail = page.getByRole('complementary', { name: /^Row \d/ });
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation').getByRole('link', { name: 'Activity' }).click();
    await this.#page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
  }

  row(text: string | RegExp): Locator {
    return this.log.getByRole('row').filter({ hasText: text });
  }

  async choose(filter: 'Kind' | 'Outcome', ...choices: readonly string[]): Promise<void> {
    await this.#page.getByRole('button', { name: new RegExp(`^${filter}`) }).click();
    for (const choice of choices) await this.#page.getByRole('checkbox', { name: choice }).check();
    await this.#page.keyboard.press('Escape');
  }

  /** Where the view stands, in pixels, once the turn of a wheel has run out. */
  placeAtRest(): Promise<number> {
    return this.log.evaluate(async (grid) => {
      let place = Number.NaN;
      for (let frames = 0; frames < 10; frames = grid.scrollTop === place ? frames + 1 : 0) {
        place = grid.scrollTop;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return place;
    });
  }

  /** How far the view is from the newest row, in pixels. */
  distanceFromNewest(): Promise<number> {
    return this.log.evaluate((grid) => grid.scrollHeight - grid.clientHeight - grid.scrollTop);
  }
}
