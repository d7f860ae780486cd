import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { expect, test } from './fixtures.ts';
import { ReleasePage } from './page-models/release-page.ts';

const APP_ID = 'com.example.delta';

/** Two builds of which one file differs, one came and one went. */
function builds(version: number) {
  return {
    ...soundBuild,
    'assets/shared.js': Array.from({ length: 4000 }, (_, index) => `export const line${index} = ${index};`).join('\n'),
    'assets/text.js': `export const greeting = "hello";\nexport const version = ${version};\n`,
    ...(version === 1 ? { 'assets/old.svg': '<svg id="old"/>' } : { 'assets/new.svg': '<svg id="new"/>' }),
  };
}

test('what devices will fetch is told before publishing, and two releases are compared', async ({
  ui,
  slipway,
  axe,
}) => {
  await using folder = await temporaryFolder();
  const page = new ReleasePage(ui);
  for (const version of [1, 2]) {
    await ui.getByRole('link', { name: 'Release', exact: true }).click();
    await page.openPath(await writeTree(folder.at(`dist${version}`), builds(version)));
    await page.app.fill(APP_ID);
    await expect(page.sheet.getByRole('table', { name: /^What devices fetch/ })).toBeVisible();
    if (version === 2) await axe();
    await page.publish.click();
    await page.waitForRelease(`1.0.${version - 1}`);
    await expect(page.sheet).toBeHidden();
  }

  const cost = await slipway.api.releases.cost({ appId: APP_ID, release: '1.0.1' });
  await expect(ui.getByRole('row', { name: /^A new device/ })).toContainText(`${cost.delta?.files} files`);
  await axe();

  await ui.getByRole('button', { name: 'Compare…' }).click();
  await expect(ui.getByRole('heading', { level: 1 })).toHaveText('1.0.0 → 1.0.1');
  await expect(ui.getByText('1 added, 1 changed, 1 removed', { exact: false })).toBeVisible();
  const row = ui.getByRole('row', { name: /assets\/text\.js/ });
  await expect(row).toContainText('Changed');
  await axe();

  await row.getByRole('button').click();
  const dialog = ui.getByRole('dialog', { name: 'assets/text.js' });
  await expect(dialog).toContainText('-export const version = 1;');
  await expect(dialog).toContainText('+export const version = 2;');
  await axe();
  await ui.keyboard.press('Escape');

  const saved = ui.waitForEvent('download');
  await ui.getByRole('button', { name: 'Export JSON' }).click();
  expect((await saved).suggestedFilename()).toBe('1.0.0_1.0.1.json');

  await ui.getByRole('button', { name: 'Swap' }).click();
  await expect(ui.getByRole('heading', { level: 1 })).toHaveText('1.0.1 → 1.0.0');
});
