import { DevicesPage } from './page-models/devices-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('a phone appears by itself and is followed through an update to notifyAppReady', async ({
  ui,
  phone,
  publish,
}) => {
  const devices = new DevicesPage(ui);
  await devices.open();
  await expect(ui.getByRole('heading', { name: 'No phone has asked for Shop yet' })).toBeVisible();

  const pixel = phone({ customId: 'Pixel' });
  await pixel.check();
  await expect(devices.row('Pixel')).toContainText('Android');

  await publish('1.0.1');
  const offer = await pixel.checkForOffer();
  await expect(devices.row('Pixel')).toContainText('offered 1.0.1');
  await pixel.download(offer);
  await pixel.report('1.0.1', 'download_complete', 'set_next');
  await expect(devices.row('Pixel')).toContainText('downloaded, applies on next background');
  await pixel.report('1.0.1', 'set');
  await expect(devices.row('Pixel')).toContainText(/waiting for notifyAppReady, \d+ s left/);
  await pixel.report('1.0.1', 'app_launch_ready');
  await expect(devices.row('Pixel')).toContainText('runs 1.0.1, ready');
});

test('a download shows how far it is while it runs', async ({ ui, phone, publish }) => {
  await publish('1.0.1', 24);
  const pixel = phone({ customId: 'Pixel' });
  const devices = new DevicesPage(ui);
  await devices.open();
  const held = await pixel.holdDownload(await pixel.checkForOffer(), 4 * 1024 * 1024);
  try {
    await expect(devices.row('Pixel')).toContainText(/downloading 1\.0\.1, \d+ %/);
    await expect(devices.row('Pixel').getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^\d{1,2}$/);
  } finally {
    held.breakOff();
  }
});

test('a rollback is told in words, with its likely cause and the raw reports', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  const devices = new DevicesPage(ui);
  await devices.watchRollback(pixel, 'Pixel');
  await expect(ui.getByText(/^Likely cause: .*notifyAppReady/)).toBeVisible();

  const newest = devices.timeline.first();
  await expect(newest).toContainText('1.0.1');
  await newest.click();
  await expect(ui.getByRole('group', { name: 'Request: Body' })).toContainText('"action": "update_fail"');
});

test('a device is renamed, forgotten, and comes back when it asks again', async ({ ui, phone }) => {
  const pixel = phone();
  await pixel.check();
  const devices = new DevicesPage(ui);
  await devices.open();
  await devices.openDevice('0f0c6a7e');
  await ui.getByRole('button', { name: 'Rename…' }).click();
  await ui.getByRole('textbox', { name: 'Name' }).fill('Desk phone');
  await ui.keyboard.press('Enter');
  await expect(ui.getByRole('heading', { level: 1, name: 'Desk phone' })).toBeVisible();

  await ui.getByRole('button', { name: 'Forget…' }).click();
  await ui.getByRole('dialog').getByRole('button', { name: 'Forget Desk phone' }).click();
  await expect(ui.getByRole('heading', { name: 'No phone has asked for Shop yet' })).toBeVisible();
  await pixel.check();
  await expect(devices.row('0f0c6a7e')).toBeVisible();
});

test('axe finds nothing on the table and on the page of a device', async ({ ui, axe, phone, publish }) => {
  // Several states, each looked through whole.
  test.slow();
  await publish('1.0.1');
  await phone({ customId: 'Pixel' }).update();
  await phone({
    deviceId: '7c2b9d10-1f3e-4a77-8d2e-5566778899aa',
    customId: 'iPhone',
    platform: 'ios',
    pluginVersion: '10.0.0',
    isEmulator: true,
  }).check();
  const devices = new DevicesPage(ui);
  await devices.open();
  await devices.row('iPhone').waitFor();
  await axe();
  await devices.openDevice('Pixel');
  await devices.timeline.first().click();
  await ui.getByRole('group', { name: 'Response: Body' }).waitFor();
  await axe();
  await ui.getByRole('button', { name: 'Forget…' }).click();
  await ui.getByRole('dialog').waitFor();
  await axe();
});
