import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { expect, sampleAppDir, test } from './fixtures.ts';
import { ReleasePage } from './page-models/release-page.ts';

const APP_ID = 'com.example.shop';

test('a folder dropped on the window is uploaded, checked and published; then it is live', async ({
  ui,
  slipway,
  axe,
}) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), {
    ...soundBuild,
    ...Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => [`assets/icons/${index}.svg`, `<svg id="i${index}"/>`]),
    ),
    'assets/photo.jpg': randomBytes(9 * 1024 * 1024),
    'node_modules/left-pad/index.js': 'module.exports = 1;',
  });
  const page = new ReleasePage(ui);
  // The sheet is there before the first byte has gone up.
  const isSeen = Promise.withResolvers<void>();
  await ui.route('**/api/uploads/**', async (route) => {
    await isSeen.promise;
    await route.continue();
  });
  await page.drop(dir);
  await expect(page.sheet).toBeVisible();
  isSeen.resolve();
  await page.app.fill(APP_ID);
  await expect(page.publish).toHaveText('Publish 1.0.0 to production: no device yet');
  await expect(page.sheet.getByText('Not uploaded: node_modules.')).toBeVisible();
  await axe();

  await page.publish.click();
  await page.waitForRelease('1.0.0');
  await expect(page.sheet).toBeHidden();
  await expect(ui.getByText(/^Live · /).first()).toBeVisible();
  await axe();

  const release = await slipway.api.releases.get({ appId: APP_ID, release: '1.0.0' });
  expect(release).toMatchObject({ files: 453, liveOn: [expect.any(String)] });
  const file = await fetch(slipway.deviceOrigin + release.downloadPath);
  expect(file.status).toBe(200);
  expect((await file.arrayBuffer()).byteLength).toBe(release.size);
});

test('errors keep the button from publishing and name their file and fix', async ({ ui, axe }) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('www'), {
    'index.html': '<!doctype html><title>x</title><script src="/app.js"></script><script src="/gone.js"></script>',
    'app.js': 'console.log(1);',
    'app.js.map': '{}',
    '.env': 'KEY=1',
  });
  const page = new ReleasePage(ui);
  await page.openPath(dir);
  await expect(page.sheet.getByText('No script calls notifyAppReady().')).toBeVisible();
  await expect(page.sheet.getByText('index.html names "/gone.js", which the build does not have.')).toBeVisible();
  await expect(page.sheet.getByText('.env', { exact: true }).first()).toBeVisible();
  await expect(page.publish).toBeDisabled();
  await expect(page.sheet.getByText(/^Correct 3 errors first/)).toBeVisible();
  await axe();

  // Mended beside it, the same sheet goes on.
  await writeTree(dir, { ...soundBuild });
  await Promise.all([rm(join(dir, '.env')), rm(join(dir, 'app.js.map'))]);
  await page.app.fill(APP_ID);
  await page.sheet.getByRole('button', { name: 'Check again' }).click();
  await expect(page.publish).toBeEnabled();
});

test('a version that was used is refused while it is typed; the next one is suggested', async ({ ui, slipway }) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  await slipway.command('publish', dir, '--app', APP_ID, '--version', '1.2.3');
  const page = new ReleasePage(ui);
  await page.openPath(dir);
  await expect(page.version).toHaveValue('1.2.4');
  await page.sheet.getByText('Minor', { exact: true }).click();
  await expect(page.version).toHaveValue('1.3.0');
  await page.version.fill('1.2.3');
  await expect(page.sheet.getByText(/1\.2\.3 was used before/)).toBeVisible();
  await expect(page.publish).toBeDisabled();
  await page.version.fill('1.2');
  await expect(page.sheet.getByText(/Not a version/)).toBeVisible();
  await page.version.fill('1.4.0');
  await expect(page.publish).toBeEnabled();
  await page.publish.click();
  await page.waitForRelease('1.4.0');
  await page.open();
  await expect(page.row('1.4.0').getByText(/^Live · /)).toBeVisible();
  await expect(page.row('1.2.3').getByText('Not live')).toBeVisible();
});

test('several builds dropped at once are reviewed one after another; a zip is one of them', async ({ ui, slipway }) => {
  await using folder = await temporaryFolder();
  const first = await writeTree(folder.at('first'), soundBuild);
  const second = folder.at('second.zip');
  await slipway.command('zip', first, '--out', second);
  const page = new ReleasePage(ui);
  await page.drop(first, second);
  await expect(page.sheet.getByRole('heading', { name: 'Review build 1 of 2' })).toBeVisible();
  await page.sheet.getByRole('button', { name: 'Discard' }).click();
  await expect(page.sheet.getByText('second.zip')).toBeVisible();
  await expect(page.sheet.getByText('Zip', { exact: true })).toBeVisible();
  await ui.keyboard.press('Escape');
  await expect(page.sheet).toBeHidden();
});

test('a publish is cancelled from its sheet and leaves no release', async ({ ui, slipway }) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), {
    ...soundBuild,
    ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`media/${index}.bin`, randomBytes(1024 * 1024)])),
  });
  await slipway.command('app', 'add', APP_ID);
  const page = new ReleasePage(ui);
  await page.openPath(dir);
  await page.publish.click();
  await page.sheet.getByRole('button', { name: 'Cancel publishing' }).click();
  await expect(page.publish).toBeEnabled();
  expect(await slipway.api.releases.list({ appId: APP_ID })).toEqual([]);
});

test('the sample publishes and updates a virtual device, and ends on its release', async ({ ui, axe }) => {
  await ui.getByRole('button', { name: 'Try the sample' }).click();
  await ui.getByRole('heading', { level: 1, name: /^\d+\.\d+\.\d+$/ }).waitFor({ timeout: 30_000 });
  const devices = ui.getByRole('table', { name: 'On devices' });
  await expect(devices.getByText('Runs it')).toBeVisible();
  await expect(devices.getByText('virtual')).toBeVisible();
  await axe();
});

test('a live release is deleted only when that is meant', async ({ ui, slipway, axe }) => {
  await slipway.command('publish', sampleAppDir, '--app', APP_ID, '--version', '2.0.0');
  const page = new ReleasePage(ui);
  await page.row('2.0.0').getByRole('link').click();
  await page.waitForRelease('2.0.0');
  await ui.getByRole('button', { name: 'Delete release…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Delete release 2.0.0?' });
  const confirm = dialog.getByRole('button', { name: 'Delete 2.0.0' });
  await expect(confirm).toBeDisabled();
  await axe();
  await dialog.getByRole('checkbox').check();
  await confirm.click();
  await expect(ui.getByText('Drop a web build to publish it to your phones')).toBeVisible();
  expect(await slipway.api.releases.list({ appId: APP_ID })).toEqual([]);
});

test('a release is exported as its zip, and as a tree for any web server', async ({ ui, slipway, axe }) => {
  await using folder = await temporaryFolder();
  const published = await slipway.command<{ checksum: string }>(
    'publish',
    sampleAppDir,
    '--app',
    APP_ID,
    '--version',
    '2.0.0',
  );
  const page = new ReleasePage(ui);
  await page.row('2.0.0').getByRole('link').click();
  await page.waitForRelease('2.0.0');
  const dialog = ui.getByRole('dialog', { name: 'Export 2.0.0' });
  const begin = dialog.getByRole('button', { name: 'Export 2.0.0' });

  await ui.getByRole('button', { name: 'Export…' }).click();
  await expect(begin).toBeDisabled();
  await writeFile(folder.at('taken.zip'), 'mine');
  await dialog.getByRole('textbox', { name: 'File to write' }).fill(folder.at('taken.zip'));
  await begin.click();
  await expect(dialog.getByRole('alert')).toContainText('taken.zip');
  await dialog.getByRole('textbox', { name: 'File to write' }).fill(folder.at('2.0.0.zip'));
  await begin.click();
  await expect(dialog.getByText(/^Exported: 1 file/)).toBeVisible();
  const zip = await readFile(folder.at('2.0.0.zip'));
  expect(createHash('sha256').update(zip).digest('hex')).toBe(published.checksum);
  expect(await readFile(folder.at('taken.zip'), 'utf8')).toBe('mine');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await ui.getByRole('button', { name: 'Export…' }).click();
  await dialog.getByRole('radio', { name: 'A tree for any web server' }).check();
  await dialog.getByRole('textbox', { name: 'Folder to write' }).fill(folder.at('site'));
  await expect(begin).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Address it will be served at' }).fill('https://cdn.example.com/app');
  await axe();
  await begin.click();
  await expect(dialog.getByText(/^Exported: /)).toBeVisible();
  expect(JSON.parse(await readFile(join(folder.at('site'), 'update.json'), 'utf8'))).toMatchObject({
    version: '2.0.0',
    url: `https://cdn.example.com/app/bundles/${published.checksum}.zip`,
  });
});

test('a build is reviewed and published with the keyboard alone', async ({ ui }) => {
  await using folder = await temporaryFolder();
  const dir = await writeTree(folder.at('dist'), soundBuild);
  const page = new ReleasePage(ui);
  // Nobody presses a key before there is anything to see.
  await ui.getByRole('heading', { level: 1 }).waitFor();
  await ui.keyboard.press('ControlOrMeta+k');
  await expect(ui.getByRole('combobox', { name: /^Go to, run/ })).toBeFocused();
  await ui.keyboard.type('paste');
  await ui.keyboard.press('Enter');
  await expect(ui.getByRole('textbox', { name: 'Path of the build folder or zip' })).toBeFocused();
  await ui.keyboard.type(dir);
  await ui.keyboard.press('Enter');
  await page.sheet.waitFor();
  await page.app.focus();
  await ui.keyboard.type(APP_ID);
  await expect(page.publish).toBeEnabled();
  for (let presses = 0; presses < 25; presses += 1) {
    await ui.keyboard.press('Tab');
    if (await page.publish.evaluate((button) => button === document.activeElement)) break;
  }
  await ui.keyboard.press('Enter');
  await page.waitForRelease('1.0.0');
});
