import { ActivityPage } from './page-models/activity-page.ts';
import { DevicesPage } from './page-models/devices-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('a virtual device is added, updates, rolls back on request, and is then refused the version', async ({
  ui,
  axe,
  publish,
}) => {
  await publish('1.0.1');
  const devices = new DevicesPage(ui);
  await devices.open();
  await ui.getByRole('button', { name: 'Add virtual device…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Add a virtual device' });
  await dialog.getByText('iOS', { exact: true }).click();
  await dialog.getByRole('combobox', { name: 'Built-in bundle' }).click();
  await ui.getByRole('option', { name: 'Release 1.0.1' }).click();
  await axe();
  await dialog.getByRole('button', { name: 'Add and run' }).click();
  const row = ui.getByRole('row').filter({ hasText: 'Virtual' });
  await expect(row).toContainText('runs 1.0.1, ready');

  await publish('1.0.2');
  await row.getByRole('link').first().click();
  await expect(ui.getByText(/^Came with 1\.0\.1: /)).toBeVisible();
  await expect(ui.getByText(/^Files: 0 fetched, [1-9]\d* built in, 0 cached$/)).toBeVisible();
  await ui.getByRole('combobox', { name: 'What goes wrong' }).click();
  await ui.getByRole('option', { name: 'The app never calls notifyAppReady' }).click();
  await ui.getByRole('button', { name: 'Run a cycle' }).click();
  const steps = ui.getByRole('list', { name: 'Steps of the last cycle' });
  await expect(steps).toContainText('Rolled back to 1.0.1.');
  await expect(ui.getByRole('status', { name: 'Now' })).toContainText('rolled back from 1.0.2');

  await ui.getByRole('combobox', { name: 'What goes wrong' }).click();
  await ui.getByRole('option', { name: 'Nothing' }).click();
  await ui.getByRole('button', { name: 'Run a cycle' }).click();
  await expect(ui.getByText('Refused, runs 1.0.1')).toBeVisible();
});

test('the captured request of a phone is replayed on a virtual device, whose page shows what it came to', async ({
  ui,
  axe,
  phone,
  publish,
}) => {
  // Two screens and a dialog, each looked through whole.
  test.slow();
  await publish('1.0.1');
  await phone({ customId: 'Pixel', nativeVersion: '1.0.0' }).checkForOffer();
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Offered 1.0.1').click();
  await activity.detail.getByRole('button', { name: 'Replay on a virtual device…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Replay on a virtual device' });
  await expect(dialog.getByRole('list', { name: 'Not replayed' })).toContainText('custom_id Pixel: it has none.');
  await expect(dialog).toContainText('1.0.0 (code 100)');
  await axe();
  await dialog.getByRole('button', { name: 'Add and run' }).click();
  await expect(activity.detail.getByText('Updated, runs 1.0.1')).toBeVisible();
  await axe();
  await activity.detail.getByRole('link', { name: 'Show its steps' }).click();
  await expect(ui.getByRole('list', { name: 'Steps of the last cycle' })).toContainText('Offered 1.0.1');
  await expect(ui.getByText('Updated, runs 1.0.1')).toBeVisible();
  await expect(ui.getByText('1.0.0 (code 100)')).toBeVisible();
  await expect(ui.getByRole('status', { name: 'Now' })).toContainText('runs 1.0.1, ready');
});
