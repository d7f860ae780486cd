import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryFolder } from '../helpers/trees.ts';
import { startViteProject } from '../helpers/vite-project.ts';
import { ReleasePage } from './page-models/release-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('a Vite build that is watched reaches a phone with no click', async ({ ui, slipway, phone, axe }) => {
  await using folder = await temporaryFolder();
  await using project = await startViteProject(folder.at('shop'), 'one');
  const device = phone();
  // Its native version is 1.0.0: releases have to sort above it.
  await device.check();
  await ui.getByRole('button', { name: 'Watch a folder…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Watch a folder' });
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(project.dist);
  await axe();
  await dialog.getByRole('button', { name: 'Start watching' }).click();

  await expect(ui.getByText('Published 1.0.1')).toBeVisible();
  await expect(ui.getByText('Waiting for the next build')).toBeVisible();
  expect(await device.update()).toBe('1.0.1');

  await project.edit('two');
  await expect(ui.getByText('Published 1.0.2')).toBeVisible();
  expect(await device.update()).toBe('1.0.2');
  await expect(new ReleasePage(ui).row('1.0.2').getByText('1 updated')).toBeVisible();
  await axe();

  // What must not go out is said here, and the next good build goes on.
  await writeFile(join(project.dist, '.env'), 'KEY=1');
  await expect(ui.getByText('The last build was not published.')).toBeVisible();
  await expect(ui.getByText('.env', { exact: true }).first()).toBeVisible();
  await axe();
  await project.edit('three');
  await expect(ui.getByText('Published 1.0.3')).toBeVisible();
  await expect(ui.getByText('The last build was not published.')).toBeHidden();

  // The library draws its track over the input that it belongs to.
  await ui.getByRole('switch', { name: `Watch ${project.dist}` }).click({ force: true });
  await expect(ui.getByText('Off', { exact: true })).toBeVisible();
  expect(await slipway.api.watches.list({})).toMatchObject([{ appId: APP_ID, isOn: false, state: 'off' }]);
});

test('a build published by hand is kept published from its review sheet', async ({ ui, slipway }) => {
  await using folder = await temporaryFolder();
  await using project = await startViteProject(folder.at('shop'), 'one');
  const page = new ReleasePage(ui);
  await page.openPath(project.dist);
  await page.app.fill(APP_ID);
  await page.sheet.getByRole('switch', { name: 'Keep publishing this folder' }).click({ force: true });
  await page.publish.click();
  await page.waitForRelease('1.0.0');
  await page.open();
  await expect(ui.getByRole('switch', { name: `Watch ${project.dist}` })).toBeChecked();
  await expect(ui.getByText('Waiting for the next build')).toBeVisible();
  expect(await slipway.api.releases.list({ appId: APP_ID })).toHaveLength(1);
  await project.edit('two');
  await expect(page.row('1.0.1').getByText(/^Live · /)).toBeVisible();
});
