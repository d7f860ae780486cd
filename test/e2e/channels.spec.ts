import { ChannelsPage } from './page-models/channels-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('a channel is created, pointed, rolled out, paused, promoted and rolled back', async ({ ui, phone, publish }) => {
  test.slow();
  await publish('1.0.1');
  await publish('1.0.2');
  await publish('1.0.3');
  const pixel = phone({ customId: 'Pixel', defaultChannel: 'beta' });
  const channels = new ChannelsPage(ui);
  await channels.open();
  await expect(channels.row('production')).toContainText('1.0.3');
  await channels.create('beta');

  await channels.pointAt('1.0.1', 'beta');
  await expect(ui.getByText('beta offers 1.0.1.')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');
  await pixel.update();

  await ui.getByRole('combobox', { name: 'Release' }).click();
  await ui.getByRole('option', { name: '1.0.2', exact: true }).click();
  await ui.getByRole('slider', { name: 'Share of devices' }).press('End');
  await ui.getByRole('textbox', { name: 'Share of devices' }).fill('100');
  await ui.getByRole('button', { name: 'Start: offer 1.0.2 to 100 %' }).click();
  await expect(ui.getByText('Running: 1.0.2 goes to 100 %')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.2');
  await expect(ui.getByText('1 of 1 device that asked so far was chosen.')).toBeVisible();

  await ui.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(ui.getByText(/^Paused: 1\.0\.2 at 100 %/).first()).toBeVisible();
  expect(await pixel.check()).not.toHaveProperty('url');
  await ui.getByRole('button', { name: 'Resume' }).click();
  await expect(ui.getByText('Running: 1.0.2 goes to 100 %')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.2');

  await ui.getByRole('button', { name: 'Promote…' }).click();
  await ui.getByRole('dialog').getByRole('button', { name: 'Promote 1.0.2' }).click();
  await expect(ui.getByRole('link', { name: '1.0.2', exact: true })).toBeVisible();
  await expect(ui.getByText('Rollout promoted')).toBeVisible();
  await pixel.update();

  await ui.getByRole('button', { name: 'Back to 1.0.1' }).first().click();
  await expect(ui.getByText('beta offers 1.0.1 again.')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');
  await ui.getByRole('button', { name: 'Undo' }).click();
  await expect(ui.getByText('beta offers 1.0.1 again.')).toBeHidden();
  expect(await pixel.check()).not.toHaveProperty('url');
});

test('a rule says for whom it changes the answer before it is saved', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  await pixel.check();
  const channels = new ChannelsPage(ui);
  await channels.open();
  await channels.openChannel('production');
  await ui.getByRole('checkbox', { name: 'Development builds' }).uncheck();
  await expect(ui.getByText('Changes the answer for 1 device.')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');

  await ui.getByRole('button', { name: 'Save changes' }).click();
  await expect(ui.getByText('Settings of production saved.')).toBeVisible();
  expect(await pixel.check()).toMatchObject({ error: 'disable_dev_build' });
  await ui.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(ui.getByRole('checkbox', { name: 'Development builds' })).toBeChecked();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');
});

test('a release is made live on a channel from its own page', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  await publish('1.0.2');
  const pixel = phone();
  await pixel.update();
  await ui.getByRole('link', { name: '1.0.1', exact: true }).click();
  await ui.getByRole('button', { name: 'Make live on…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Make 1.0.1 live on…' });
  await expect(dialog.getByText('Changes the answer for 1 device.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Offer 1.0.1 on production' }).click();
  await expect(ui.getByText('Live · production')).toBeVisible();
  expect((await pixel.checkForOffer()).version).toBe('1.0.1');
});

test('axe finds nothing on the channels, a page of one, and its dialogs', async ({
  ui,
  axe,
  phone,
  publish,
  slipway,
}) => {
  // Several states, each looked through whole.
  test.slow();
  await publish('1.0.1');
  await publish('1.0.2');
  await phone({ customId: 'Pixel' }).update();
  const [app] = await slipway.api.apps.list({});
  const appId = app?.appId ?? '';
  await slipway.api.channels.create({ appId, name: 'beta' });
  await slipway.api.channels.setRollout({ appId, channel: 'production', release: '1.0.1', percentageBps: 1_250 });
  await slipway.api.channels.update({
    appId,
    channel: 'production',
    change: { autoPause: { enabled: true, failureRateBps: 1_000, minAttempts: 20 } },
  });
  const channels = new ChannelsPage(ui);
  await channels.open();
  await channels.row('beta').waitFor();
  await axe();
  await channels.openChannel('production');
  await ui.getByRole('radio', { name: /^From a native version on/ }).check();
  await ui.getByRole('button', { name: 'Save changes' }).waitFor();
  await ui.getByRole('button', { name: /^1 .*(up to date|refused|fails|offered)/ }).click();
  await axe();
  await ui.getByRole('button', { name: 'Change…' }).click();
  await ui
    .getByRole('dialog')
    .getByRole('radio', { name: /^1\.0\.1/ })
    .check();
  await ui
    .getByRole('dialog')
    .getByText(/^Changes the answer/)
    .waitFor();
  await axe();
  await ui.keyboard.press('Escape');
  await ui.getByRole('button', { name: 'Delete…' }).click();
  await ui.getByRole('dialog').waitFor();
  await axe();
  await ui.keyboard.press('Escape');
  await channels.open();
  await channels.openChannel('beta');
  await channels.pointAt('1.0.1', 'beta');
  await ui.getByRole('button', { name: 'Undo', exact: true }).waitFor();
  await axe();
});
