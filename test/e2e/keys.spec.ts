import { readFile, stat, writeFile } from 'node:fs/promises';

import { decryptBundle } from '#core/crypto/envelope.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';
import { runVirtualDevice } from '#core/simulator/virtual-device.ts';

import { createPhone } from '../helpers/phone.ts';
import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { KeysPage } from './page-models/keys-page.ts';
import { ReleasePage } from './page-models/release-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('an encrypted release updates a phone with its key; one with another key is told why not', async ({
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
  await ui.getByRole('textbox', { name: 'Zip' }).fill(zip);
  await ui.getByRole('button', { name: 'Encrypt zip' }).click();
  const session = ui.getByRole('button', { name: /^Copy Session key/ });
  await expect(session).toBeVisible();
  const sessionKey = await session.getAttribute('title');
  const checksum = await ui.getByRole('button', { name: /^Copy Checksum/ }).getAttribute('title');
  await axe();

  await ui.getByText('Decrypt', { exact: true }).click();
  await ui.getByRole('textbox', { name: 'Encrypted zip' }).fill(folder.at('build.encrypted.zip'));
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

test('a zip and a key file are encrypted and decrypted by hand in a browser, which saves the results', async ({
  ui,
  slipway,
  axe,
}) => {
  await using folder = await temporaryFolder();
  const key = await createKeyMaterial();
  await writeFile(folder.at('.capgo_key_v2'), key.privatePem);
  await writeFile(folder.at('.capgo_key_v2.pub'), key.publicPem);
  const build = await writeTree(folder.at('dist'), soundBuild);
  const zip = folder.at('build.zip');
  await slipway.command('zip', build, '--out', zip);

  await new KeysPage(ui).open();
  await ui.getByRole('button', { name: 'More' }).click();
  await ui.getByRole('menuitem', { name: 'Encrypt or decrypt a zip' }).click();
  // A drop brings both at once.
  await new ReleasePage(ui).drop(zip, folder.at('.capgo_key_v2'));
  await expect(ui.getByRole('textbox', { name: 'Zip' })).toHaveValue('build.zip');
  await expect(ui.getByRole('textbox', { name: 'Key file' })).toHaveValue('.capgo_key_v2');
  await axe();
  await ui.getByRole('button', { name: 'Encrypt zip' }).click();
  const saving = ui.waitForEvent('download');
  await ui.getByRole('link', { name: 'Save build.encrypted.zip' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('build.encrypted.zip');
  await download.saveAs(folder.at('build.encrypted.zip'));
  await axe();
  const value = async (label: string) =>
    (await ui.getByRole('button', { name: new RegExp(`^Copy ${label}`) }).getAttribute('title')) ?? '';
  const [sessionKey, checksum] = [await value('Session key'), await value('Checksum')];
  const plain = folder.at('plain.zip');
  const opened = await decryptBundle({
    path: folder.at('build.encrypted.zip'),
    out: plain,
    key,
    sessionKey,
    checksum,
  });
  expect(opened.isVerified).toBe(true);
  expect((await readFile(plain)).equals(await readFile(zip))).toBe(true);

  await ui.getByText('Decrypt', { exact: true }).click();
  await new ReleasePage(ui).drop(folder.at('build.encrypted.zip'), folder.at('.capgo_key_v2.pub'));
  await ui.getByRole('textbox', { name: 'Session key' }).fill(sessionKey);
  await ui.getByRole('textbox', { name: 'Checksum' }).fill(checksum.replace(/^../, '00'));
  await ui.getByRole('button', { name: 'Decrypt zip' }).click();
  await expect(ui.getByText('Nothing was written')).toBeVisible();
  await expect(ui.getByRole('link', { name: /^Save/ })).toHaveCount(0);
  await ui.getByRole('textbox', { name: 'Checksum' }).fill(checksum);
  await ui.getByRole('button', { name: 'Decrypt zip' }).click();
  await expect(ui.getByText('The checksum matches.')).toBeVisible();
  const again = ui.waitForEvent('download');
  await ui.getByRole('link', { name: 'Save build.decrypted.zip' }).click();
  await (await again).saveAs(folder.at('back.zip'));
  expect((await readFile(folder.at('back.zip'))).equals(await readFile(zip))).toBe(true);
  expect(await slipway.api.keys.list({})).toEqual([]);
});

test('an app changes its key by the wizard: config, build, phones, release, retirement', async ({
  ui,
  slipway,
  app,
  axe,
}) => {
  await using folder = await temporaryFolder();
  const build = await writeTree(folder.at('dist'), soundBuild);
  const old = await slipway.api.keys.create({ name: 'Shop' });
  const project = await writeTree(folder.at('project'), {
    'capacitor.config.json': JSON.stringify({
      appId: APP_ID,
      plugins: { CapacitorUpdater: { publicKey: old.publicPem } },
    }),
  });
  await slipway.command('publish', build, '--app', APP_ID, '--version', '1.0.0', '--key', 'Shop');
  const urls = { updateUrl: `${app.base}/updates`, statsUrl: `${app.base}/stats` };
  const who = { nativeVersion: '0.9.0', deviceId: '7c1e9a52-0b1f-4d6e-9a43-5f2f0c7d1a01' };
  // Updates as a virtual device, and is a phone then: virtual ones prove no native build.
  const device = async ({ publicPem: publicKey, keyId }: { readonly publicPem: string; readonly keyId: string }) => {
    const result = await runVirtualDevice({ ...urls, ...who, appId: APP_ID, readyTimeoutMs: 50, publicKey });
    await createPhone(app.base, APP_ID, { ...who, keyId }).check();
    return result;
  };
  await device(old);

  const keys = new KeysPage(ui);
  await keys.open();
  await keys.table.getByRole('link', { name: 'Shop' }).click();
  await ui.getByRole('button', { name: 'Change key…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Change key Shop' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Shop 2');
  await axe();
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await ui.getByRole('heading', { level: 1, name: `Key change of ${APP_ID}` }).waitFor();

  await ui.getByRole('textbox', { name: 'Folder of the Capacitor project' }).fill(project);
  await ui.getByRole('button', { name: 'Show the change' }).click();
  await axe();
  await ui.getByRole('button', { name: 'Write capacitor.config.json' }).click();
  await expect(ui.getByText('capacitor.config.json has the new key.')).toBeVisible();
  await ui.getByRole('button', { name: 'The build is out' }).click();
  await expect(ui.getByText('Done, as you said')).toBeVisible();
  const next = await slipway.api.keys.get({ name: 'Shop 2' });
  await device(next);
  await expect(ui.getByText('1 with the new key')).toBeVisible();
  await slipway.command('publish', build, '--app', APP_ID, '--version', '1.0.1', '--key', 'Shop 2');
  await expect(ui.getByText('1.0.1 is live, made with the new key.')).toBeVisible();
  await axe();
  expect(await device(next)).toMatchObject({ outcome: 'updated', version: '1.0.1' });
  await ui.getByRole('button', { name: 'Retire Shop' }).click();
  await ui.getByRole('dialog').getByRole('button', { name: 'Retire Shop' }).click();
  await ui.getByRole('heading', { level: 1, name: 'Shop 2' }).waitFor();
  await keys.open();
  await expect(keys.table.getByRole('row', { name: /^Shop .*Retired/ })).toBeVisible();
});

test('private keys go under a passphrase and are locked', async ({ ui, slipway, axe }) => {
  await slipway.api.keys.create({ name: 'Shop' });
  const keys = new KeysPage(ui);
  await keys.open();
  await ui.getByRole('button', { name: 'More' }).click();
  await ui.getByRole('menuitem', { name: 'Set a passphrase…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Put private keys under a passphrase' });
  await dialog.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
  await dialog.getByLabel('Passphrase again').fill('correct horse battery');
  await axe();
  await dialog.getByRole('button', { name: 'Set the passphrase' }).click();
  await expect(ui.getByText('Private keys are under a passphrase')).toBeVisible();
  await ui.getByRole('button', { name: 'More' }).click();
  await ui.getByRole('menuitem', { name: 'Lock now' }).click();
  await expect(ui.getByRole('heading', { name: 'The private keys are locked' })).toBeVisible();
  await axe();
  await ui.getByLabel('Passphrase', { exact: true }).fill('wrong horse');
  await ui.getByRole('button', { name: 'Unlock' }).click();
  await expect(ui.getByText('The passphrase does not fit.')).toBeVisible();
  await ui.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
  await ui.getByRole('button', { name: 'Unlock' }).click();
  await expect(ui.getByRole('heading', { name: 'The private keys are locked' })).toHaveCount(0);
});
