import type { Page } from '@playwright/test';
import axe from 'axe-core';

export type AxeFinding = { readonly id: string; readonly help: string; readonly where: readonly string[] };

/** WCAG 2.2 AA, as axe can judge it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules that look at colours: all that another theme can break. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds wrong with a page as it is now, once nothing on it moves any more. Axe runs in the page, which it then stays in:
 * the package for Playwright loads it anew into a second page at every look, for frames that the interface has not.
 */
export async function axeFindings(page: Page, look: 'all' | 'colours' = 'all'): Promise<AxeFinding[]> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const runOnly: axe.RunOnly = look === 'all' ? { type: 'tag', values: TAGS } : { type: 'rule', values: COLOUR_RULES };
  return page.evaluate(async (only) => {
    const inPage = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await inPage.run({ runOnly: only, resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  }, runOnly);
}

/** Half faded in, nothing has its colours yet. What turns for ever is not waited for. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}
