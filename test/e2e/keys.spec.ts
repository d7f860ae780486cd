import { readFile, stat, writeFile } from 'node:fs/promises';

import { createKeyMaterial } from '#core/crypto/key-material.ts';
import { runVirtualDevice } from '#core/simulator/virtual-device.ts';

import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { KeysPage } from './page-models/keys-page.ts';
import { ReleasePage } from './page-models/release-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('an encrypted release updates a phone with its key; one with another key is told why not @themes', async ({
  ui,
  slipway,
  app,
  axe,
}) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const keys = new KeysPage(ui);
  await keys.open();
  await expect(ui.getByText('No key yet')).toBeVisible();
  await keys.create('Shop');
  const key = await slipway.api.keys.get({ name: 'Shop' });
  await expect(ui.getByRole('group', { name: 'Config fragment' })).toContainText(
    JSON.stringify(key.publicPem).slice(1, -1),
  );
  await axe();

  const release = new ReleasePage(ui);
  await release.open();
  await release.openPath(dir);
  await release.app.fill(APP_ID);
  await release.sheet.getByRole('combobox', { name: 'Encryption' }).click();
  await ui.getByRole('option', { name: /^Shop/ }).click();
  await expect(release.sheet.getByText('Apps need its public key in their capacitor.config.')).toBeVisible();
  await axe();
  await release.publish.click();
  await release.waitForRelease('1.0.0');
  await expect(ui.getByRole('link', { name: 'Shop', exact: true })).toBeVisible();
  await expect(ui.getByRole('button', { name: /^Copy Session key/ })).toBeVisible();

  const urls = { updateUrl: `${app.base}/updates`, statsUrl: `${app.base}/stats` };
  const device = (publicKey: string) =>
    runVirtualDevice({ ...urls, appId: APP_ID, nativeVersion: '0.9.0', timeScale: 0.001, publicKey });
  expect(await device(key.publicPem)).toMatchObject({ outcome: 'updated', version: '1.0.0' });
  const other = await createKeyMaterial();
  expect(await device(other.publicPem)).toMatchObject({ outcome: 'blocked', bytes: 0 });

  await ui.getByRole('navigation').getByRole('link', { name: 'Devices' }).click();
  const devices = ui.getByRole('table', { name: /^Devices of/ });
  await expect(devices.getByText('Match', { exact: true })).toBeVisible();
  await expect(devices.getByText('Other key')).toBeVisible();
  await axe();
  await ui.getByRole('navigation').getByRole('link', { name: 'Activity' }).click();
  await ui.getByRole('row').filter({ hasText: 'Refused' }).first().click();
  await expect(ui.getByText('release.key').first()).toBeVisible();

  await keys.open();
  await keys.table.getByRole('link', { name: 'Shop' }).click();
  await ui.getByRole('button', { name: 'Delete…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Delete key Shop?' });
  await expect(dialog.getByText(/1 release encrypted with it/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Delete Shop' })).toBeDisabled();
  await axe();
});

test('a dropped PEM goes to Keys; its private part leaves only on purpose', async ({ ui, slipway, axe }) => {
  await using folder = await temporaryFolder();
  const { privatePem, keyId } = await createKeyMaterial();
  const pem = folder.at('shop.pem');
  await writeFile(pem, privatePem);
  const keys = new KeysPage(ui);
  await new ReleasePage(ui).drop(pem);
  await expect(keys.importDialog.getByRole('textbox', { name: 'Dropped file' })).toHaveValue('shop.pem');
  await keys.importDialog.getByRole('textbox', { name: 'Name' }).fill('Mine');
  await axe();
  await keys.importDialog.getByRole('button', { name: 'Import key' }).click();
  await ui.getByRole('heading', { level: 1, name: 'Mine' }).waitFor();
  await expect(ui.getByText(keyId).first()).toBeVisible();
  const [canary = ''] = privatePem.split('\n').slice(3);
  expect(await ui.content()).not.toContain(canary);

  await ui.getByRole('button', { name: 'Export private key…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Export the private key Mine' });
  const out = folder.at('out.pem');
  await dialog.getByRole('textbox', { name: 'Write to' }).fill(out);
  await expect(dialog.getByRole('button', { name: 'Export private key' })).toBeDisabled();
  await dialog.getByRole('checkbox').check();
  await axe();
  await dialog.getByRole('button', { name: 'Export private key' }).click();
  await expect(dialog).toBeHidden();
  expect(await readFile(out, 'utf8')).toContain(canary);
  if (process.platform !== 'win32') expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(await slipway.api.keys.list({})).toHaveLength(1);
});

test('a zip is encrypted by hand, and opened again only by the right key', async ({ ui, slipway, axe }) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const zip = folder.at('build.zip');
  await slipway.command('zip', dir, '--out', zip);
  await slipway.api.keys.create({ name: 'one' });
  await slipway.api.keys.create({ name: 'two' });
  await new KeysPage(ui).open();
  await ui.getByRole('button', { name: 'More' }).click();
  await ui.getByRole('menuitem', { name: 'Encrypt or decrypt a zip' }).click();
  await ui.getByRole('textbox', { name: 'Path of the zip' }).fill(zip);
  await ui.getByRole('button', { name: 'Encrypt zip' }).click();
  const session = ui.getByRole('button', { name: /^Copy Session key/ });
  await expect(session).toBeVisible();
  const sessionKey = await session.getAttribute('title');
  const checksum = await ui.getByRole('button', { name: /^Copy Checksum/ }).getAttribute('title');
  await axe();

  await ui.getByText('Decrypt', { exact: true }).click();
  await ui.getByRole('textbox', { name: 'Path of the encrypted zip' }).fill(folder.at('build.encrypted.zip'));
  await ui.getByRole('textbox', { name: 'Session key' }).fill(sessionKey ?? '');
  await ui.getByRole('textbox', { name: 'Checksum' }).fill(checksum ?? '');
  await ui.getByRole('combobox', { name: 'Key' }).click();
  await ui.getByRole('option', { name: 'two' }).click();
  await ui.getByRole('button', { name: 'Decrypt zip' }).click();
  await expect(ui.getByText('The session key does not open with this key.', { exact: true })).toBeVisible();
  await axe();
  await ui.getByRole('combobox', { name: 'Key' }).click();
  await ui.getByRole('option', { name: 'one' }).click();
  await ui.getByRole('button', { name: 'Decrypt zip' }).click();
  await expect(ui.getByText('The checksum matches.')).toBeVisible();
  expect(await readFile(folder.at('build.decrypted.zip'))).toEqual(await readFile(zip));
});
