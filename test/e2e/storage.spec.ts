import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryFolder } from '../helpers/trees.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('what is stored is shown, checked, limited, saved and brought back', async ({ ui, slipway, publish, axe }) => {
  await publish('1.0.1');
  await publish('1.0.2');
  await publish('1.0.3');
  await ui.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  const table = ui.getByRole('table', { name: 'Storage by app' });
  await expect(table.getByRole('row').filter({ hasText: 'Shop' })).toContainText('3');
  await ui.getByRole('button', { name: 'Check every file' }).click();
  await expect(ui.getByText(/^Sound: /)).toBeVisible();
  await axe();

  // A release that is not live loses its file: the check names it and what to do.
  const { blobSha256 } = await slipway.api.releases.get({ appId: APP_ID, release: '1.0.2' });
  await rm(join(slipway.dataDir, 'blobs', blobSha256.slice(0, 2), blobSha256));
  await ui.getByRole('button', { name: 'Check every file' }).click();
  await expect(ui.getByText(/^A file of 1\.0\.\d.* is missing\.$/)).toBeVisible();
  await axe();

  await ui.getByRole('textbox', { name: 'Newest releases to keep' }).fill('1');
  await expect(ui.getByText(/^Removes 2 releases now: 1\.0\.2/)).toBeVisible();
  await ui.getByRole('button', { name: 'Apply' }).last().click();
  await expect.poll(async () => (await slipway.api.releases.list({ appId: APP_ID })).length).toBe(1);

  await using folder = await temporaryFolder();
  await ui.getByRole('button', { name: 'Save a backup…' }).click();
  await ui.getByRole('textbox', { name: 'File to write' }).fill(folder.at('all.backup'));
  await axe();
  await ui.getByRole('button', { name: 'Save backup' }).click();
  await expect(ui.getByText(/^Saved: /)).toBeVisible();
  await ui.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  await ui.getByRole('button', { name: 'Restore a backup…' }).click();
  await ui.getByRole('textbox', { name: 'Backup file' }).fill(folder.at('all.backup'));
  await ui.getByRole('button', { name: 'Prepare restore' }).click();
  await expect(ui.getByRole('dialog').getByText(/has apps or keys already/)).toBeVisible();
  await ui.getByRole('switch', { name: 'Replace what is here' }).click({ force: true });
  await ui.getByRole('button', { name: 'Prepare restore' }).click();
  await expect(ui.getByRole('dialog').getByText(/^A restore is ready/)).toBeVisible();
  await ui.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await ui.getByRole('button', { name: 'Call it off' }).click();
  await expect(ui.getByText(/^A restore is ready/)).toBeHidden();
});
