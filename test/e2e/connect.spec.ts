import { readFile, writeFile } from 'node:fs/promises';

import { temporaryFolder } from '../helpers/trees.ts';
import { ConnectPage } from './page-models/connect-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('it waits for the first phone and turns green by itself', async ({ ui, phone }) => {
  const connect = new ConnectPage(ui);
  await connect.open();
  await expect(ui.getByText('Waiting for the first phone…')).toBeVisible();
  await phone({ customId: 'Pixel' }).check();
  await expect(ui.getByText('1 device has asked')).toBeVisible();
  await expect(ui.getByText(/^Last: Pixel/)).toBeVisible();
});

test('QR code and config are for the chosen address, with all three URLs', async ({ ui, slipway, app }) => {
  const connect = new ConnectPage(ui);
  await connect.open();
  const fromCommandLine = await slipway.command<{ config: unknown }>('config', '--app', APP_ID);
  await expect(connect.config).toBeVisible();
  expect(await connect.shownConfig()).toEqual(fromCommandLine.config);
  await expect(connect.code).toBeVisible();

  const port = new URL(slipway.deviceOrigin).port;
  await connect.address(/Android emulator/).check();
  await expect(connect.config).toContainText(`http://10.0.2.2:${port}/${app.token}/updates`);
  const { updateUrl, statsUrl, channelUrl } = (await connect.shownConfig()).plugins.CapacitorUpdater;
  expect([updateUrl, statsUrl, channelUrl]).toEqual(
    ['updates', 'stats', 'channel_self'].map((name) => `http://10.0.2.2:${port}/${app.token}/${name}`),
  );
  await connect.address(/Android phone by USB/).check();
  await expect(ui.getByText(`adb reverse tcp:${port} tcp:${port}`)).toBeVisible();
  await ui.getByText('TypeScript', { exact: true }).click();
  await expect(connect.config).toContainText(`updateUrl: 'http://localhost:${port}/${app.token}/updates'`);
});

test('a project is pointed here: the change first, then the file', async ({ ui, app }) => {
  await using project = await temporaryFolder();
  const file = project.at('capacitor.config.json');
  await writeFile(file, `{\n  "appId": "${APP_ID}",\n  "webDir": "dist"\n}\n`);
  const connect = new ConnectPage(ui);
  await connect.open();
  await connect.projectDir.fill(project.path);
  await ui.getByRole('button', { name: 'Show the change' }).click();
  await expect(ui.getByRole('group', { name: /^Change to/ })).toContainText(`/${app.token}/stats`);
  expect(await readFile(file, 'utf8')).not.toContain(app.token);

  await ui.getByRole('button', { name: 'Write to capacitor.config.json' }).click();
  await expect(ui.getByText(/^Written to .*capacitor\.config\.json\.$/).first()).toBeVisible();
  const written = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  expect(written).toMatchObject({ appId: APP_ID, webDir: 'dist', ...(await connect.shownConfig()) });

  await ui.getByRole('button', { name: 'Show the change' }).click();
  await expect(ui.getByText(/has these URLs already/)).toBeVisible();
});

test('a file that was edited after its preview is left alone', async ({ ui }) => {
  await using project = await temporaryFolder();
  const file = project.at('capacitor.config.json');
  await writeFile(file, `{ "appId": "${APP_ID}" }\n`);
  const connect = new ConnectPage(ui);
  await connect.open();
  await connect.projectDir.fill(project.path);
  await connect.projectDir.press('Enter');
  const write = ui.getByRole('button', { name: 'Write to capacitor.config.json' });
  await write.waitFor();
  const edited = `{ "appId": "${APP_ID}", "appName": "Shop" }\n`;
  await writeFile(file, edited);
  await write.click();
  await expect(ui.getByText(/was changed since its preview was made/)).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(edited);
});

test('a changed token locks old addresses out, and the screen says so', async ({ ui, app, phone }) => {
  const pixel = phone({ customId: 'Pixel' });
  await pixel.check();
  const connect = new ConnectPage(ui);
  await connect.open();
  await expect(connect.config).toContainText(app.token);
  await ui.getByRole('button', { name: 'Change token…' }).click();
  await ui.getByRole('dialog').getByRole('button', { name: 'Change token' }).click();
  await expect(connect.config).not.toContainText(app.token);
  await expect(pixel.check()).rejects.toThrow('404');
  await expect(ui.getByText(/A request with a wrong address token came from/)).toBeVisible();
});

test('the doctor lists what it looked at', async ({ ui }) => {
  const connect = new ConnectPage(ui);
  await connect.open();
  await expect(ui.getByText(/^The device listener answers on port/)).toBeVisible();
  await ui.getByRole('button', { name: 'Check again' }).click();
  await expect(ui.getByText(/^The device listener answers on port/)).toBeVisible();
});

test('axe finds nothing, before and after the first phone', async ({ ui, axe, phone }) => {
  // Several states, each looked through whole.
  test.slow();
  await using project = await temporaryFolder();
  await writeFile(project.at('capacitor.config.json'), `{ "appId": "${APP_ID}" }\n`);
  const connect = new ConnectPage(ui);
  await connect.open();
  await ui.getByText(/^The device listener answers on port/).waitFor();
  await axe();
  await phone().check();
  await ui.getByText('1 device has asked').waitFor();
  await connect.projectDir.fill(project.path);
  await connect.projectDir.press('Enter');
  await ui.getByRole('button', { name: 'Write to capacitor.config.json' }).waitFor();
  await axe();
  await ui.getByRole('button', { name: 'Change token…' }).click();
  await ui.getByRole('dialog').waitFor();
  await axe();
});
