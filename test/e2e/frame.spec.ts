import { rm } from 'node:fs/promises';

import { startHost } from '../helpers/headless-host.ts';
import { temporaryFolder } from '../helpers/trees.ts';
import { expect, test } from './fixtures.ts';
import { filledScreens, openScreen, runSample, screens } from './screens.ts';

test('the token of the ready line signs in once, and leaves the address bar', async ({ ui }) => {
  await expect(ui.getByRole('navigation').first()).toBeVisible();
  expect(ui.url()).not.toContain('token');
  await ui.reload();
  await expect(ui.getByRole('navigation').first()).toBeVisible();
});

test('a page finds Slipway again when it is started anew, with what changed; and says so when it is not known', async ({
  page,
}) => {
  await using folder = await temporaryFolder();
  const dataDir = folder.at('data');
  const first = await startHost({ dataDir });
  await page.goto(first.signInUrl);
  await expect(page.getByRole('link', { name: /^Running/ })).toBeVisible();
  expect(await first.stop()).toBe(0);
  await expect(page.getByText(/^Connection to Slipway lost/)).toBeVisible();

  const controlPort = Number(new URL(first.signInUrl).port);
  const second = await startHost({ dataDir, controlPort });
  await second.api.apps.add({ appId: 'com.example.meanwhile', name: 'Meanwhile' });
  await expect(page.getByText('Meanwhile').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /^Running/ })).toContainText(`:${second.ready.device.port}`);
  await expect(page.getByText(/^Connection to Slipway lost/)).toBeHidden();
  expect(await second.stop()).toBe(0);

  await rm(folder.at('data/session.key'));
  await using third = await startHost({ dataDir, controlPort });
  await expect(page.getByText('This page is not signed in to the running Slipway.')).toBeVisible();
  // The printed address, opened in another tab, signs this one in too.
  await (await page.context().newPage()).goto(third.signInUrl);
  await expect(page.getByRole('link', { name: /^Running/ })).toContainText(`:${third.ready.device.port}`);
});

test('every screen of an empty Slipway opens without an error, and axe finds nothing', async ({ ui, axe }) => {
  for (const screen of screens) {
    await test.step(screen.name, async () => {
      await openScreen(ui, screen);
      await axe();
    });
  }
});

test('every screen with data opens without an error, and axe finds nothing', async ({ slipway, ui, axe }) => {
  await runSample(slipway);
  for (const screen of filledScreens) {
    await test.step(screen.name, async () => {
      await openScreen(ui, screen);
      await axe();
      await ui.keyboard.press('Escape');
    });
  }
});

test('the focus is never lost: it returns when layers close, and goes along to another screen', async ({ ui }) => {
  const chooseZip = ui.getByRole('button', { name: 'Choose zip…' });
  const path = ui.getByRole('textbox', { name: 'Path of the build folder or zip' });
  await chooseZip.focus();
  await ui.keyboard.press('ControlOrMeta+k');
  await ui.getByRole('combobox').fill('paste');
  await ui.keyboard.press('Enter');
  await expect(path).toBeFocused();

  await path.fill('/typed/already');
  await ui.keyboard.press('ControlOrMeta+k');
  await expect(path, 'the palette takes no dialog away').toHaveValue('/typed/already');
  await ui.keyboard.press('Escape');
  await expect(chooseZip).toBeFocused();

  await ui.keyboard.press('?');
  await expect(ui.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await ui.keyboard.press('ControlOrMeta+k');
  await expect(ui.getByRole('combobox')).toBeFocused();
  await ui.keyboard.press('Escape');
  await expect(chooseZip).toBeFocused();
  // While it fades it still has the keyboard.
  await expect(ui.getByRole('dialog')).toHaveCount(0);

  await ui.keyboard.press('Alt+3');
  await expect(ui.getByRole('heading', { level: 1, name: 'Devices' })).toBeVisible();
  await expect(ui.getByRole('main')).toBeFocused();
  // The whole screen is no control: nothing is drawn around it.
  await expect(ui.getByRole('main')).toHaveCSS('outline-style', 'none');
});
