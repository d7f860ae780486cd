import { ActivityPage } from './page-models/activity-page.ts';
import { DevicesPage } from './page-models/devices-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('a phone is refused by a policy, Why? names the rule, one click relaxes it, and the phone updates', async ({
  ui,
  phone,
  publish,
  slipway,
}) => {
  await publish('2.0.0');
  const [app] = await slipway.api.apps.list({});
  const appId = app?.appId ?? '';
  await slipway.api.channels.update({ appId, channel: 'production', change: { disableAutoUpdate: 'major' } });
  const pixel = phone({ customId: 'Pixel' });
  expect(await pixel.check()).toMatchObject({ kind: 'blocked', error: 'disable_auto_update_to_major' });

  const devices = new DevicesPage(ui);
  await devices.open();
  await ui.getByRole('button', { name: 'Why does Pixel get this?' }).click();
  const drawer = ui.getByRole('dialog', { name: 'Why does Pixel get this?' });
  await expect(drawer.getByText('Decided by: Not above the native major')).toBeVisible();
  await expect(
    drawer.getByText('2.0.0 is a higher major version than the native version 1.0.0.').first(),
  ).toBeVisible();
  await drawer.getByRole('button', { name: 'Let production offer any version' }).click();
  await expect(drawer.getByText('offered 2.0.0').first()).toBeVisible();

  expect(await pixel.update()).toBe('2.0.0');
  await ui.keyboard.press('Escape');
  await expect(devices.row('Pixel')).toContainText('runs 2.0.0, ready');
});

test('a release that never calls notifyAppReady rolls back, is not offered again, and says why and the way out', async ({
  ui,
  phone,
  publish,
}) => {
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  await new DevicesPage(ui).watchRollback(pixel, 'Pixel');
  expect(await pixel.check()).toMatchObject({ kind: 'blocked', error: 'version_failed_before' });

  await expect(ui.getByText('Decided by: Failed here before')).toBeVisible();
  await expect(ui.getByText(/^1\.0\.1 failed on this device \(update_fail\)/)).toBeVisible();
  await expect(ui.getByRole('heading', { name: 'Not offered again here' })).toBeVisible();
  await ui.getByRole('button', { name: 'Offer 1.0.1 again' }).click();
  await expect(ui.getByRole('heading', { name: 'Not offered again here' })).toBeHidden();
  expect(await pixel.update()).toBe('1.0.1');
});

test('a person ties, blocks and frees a device', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  await pixel.check();
  const devices = new DevicesPage(ui);
  await devices.open();
  await devices.openDevice('Pixel');
  await ui.getByRole('button', { name: 'Override…' }).click();
  await expect(ui.getByText('Its next check would be answered: offered 1.0.1')).toBeVisible();
  await ui.getByRole('dialog').getByRole('radio', { name: 'Block updates' }).check();
  await expect(ui.getByText('Its next check would be answered: refused: it is blocked')).toBeVisible();
  await ui.getByRole('dialog').getByRole('button', { name: 'Override', exact: true }).click();
  await expect(ui.getByText('Decided by: Override of the device')).toBeVisible();
  expect(await pixel.check()).toMatchObject({ error: 'device_blocked' });
  await ui.getByRole('button', { name: 'Clear the override' }).click();
  await expect(ui.getByText('Decided by: Offer')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');
});

test('axe finds nothing on Why?, the override and the way from the log to it', async ({ ui, axe, phone, publish }) => {
  // Several states, each looked through whole.
  test.slow();
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel', pluginVersion: '6.14.0' });
  await pixel.download(await pixel.checkForOffer());
  await pixel.report('1.0.1', 'download_complete', 'set_next', 'set', 'update_fail');
  const devices = new DevicesPage(ui);
  await devices.open();
  await devices.openDevice('Pixel');
  await ui.getByRole('button', { name: /^Show all \d+ rules$/ }).click();
  await ui.getByRole('button', { name: 'Show the reply' }).click();
  await axe();
  await ui.getByRole('button', { name: 'Override…' }).click();
  await ui.getByRole('dialog').waitFor();
  await axe();
  await ui.keyboard.press('Escape');
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Offered 1.0.1').click();
  await activity.detail.getByRole('button', { name: 'Why now?' }).click();
  await ui
    .getByRole('dialog')
    .getByText(/^Decided by/)
    .waitFor();
  await axe();
});
