import { ActivityPage } from './page-models/activity-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('figures grow as phones update and fail, and lead to the rows of a cause', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  const activity = new ActivityPage(ui);
  await activity.open();
  await expect(ui.getByText('In the last 24 hours: no updates')).toBeVisible();
  await phone({ customId: 'Pixel' }).update();
  await expect(ui.getByText(/1 offered · 1 ready · 0 failed · 0 rolled back$/)).toBeVisible();

  const other = phone({ deviceId: '5be2d817-4c0a-4a97-9d35-e1a6b47c2d04' });
  const offer = await other.checkForOffer();
  await other.download(offer);
  await other.report(offer.version, 'download_complete', 'set', 'update_fail');
  await ui.getByRole('button', { name: 'Figures', exact: true }).click();
  const funnel = ui.getByRole('table', { name: 'How far updates got' });
  await expect(funnel.getByRole('row', { name: /^Offered/ })).toContainText('2');
  await expect(funnel.getByRole('row', { name: /^Rolled back/ })).toContainText('50 %');
  await expect(ui.getByRole('img', { name: /1 on 1\.0\.1/ })).toBeVisible();

  await ui.getByRole('button', { name: 'Show in the log: no notifyAppReady in time' }).click();
  await expect(activity.log.getByRole('row')).toHaveCount(2);
  await ui.getByRole('navigation').getByRole('link', { name: 'Release' }).click();
  await ui.locator('[data-row-link]').first().click();
  await expect(ui.getByRole('table', { name: 'Updates to this release' })).toContainText('Rolled back');
});

test('a request is sent again and its answer compared; the phone stays as it was', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  await pixel.checkForOffer();
  await publish('1.0.2');
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Offered 1.0.1').click();
  await activity.detail.getByRole('button', { name: 'Send again' }).click();
  const result = activity.detail.getByRole('region', { name: 'Sent again' });
  const fields = result.getByRole('table', { name: 'Fields that differ' });
  await expect(fields.getByRole('row', { name: /version/ }).first()).toContainText('"1.0.2"');
  await expect(activity.row('Offered 1.0.2')).toContainText('Sent again');
  await result.getByRole('button', { name: /^Show row/ }).click();
  await expect(activity.detail).toContainText('Repeats');

  await ui.getByRole('navigation').getByRole('link', { name: 'Devices' }).click();
  await expect(ui.getByRole('row', { name: /Pixel/ })).toContainText('offered 1.0.1');
});

test('axe finds nothing on the figures and on a request that was sent again', async ({ ui, axe, phone, publish }) => {
  test.slow();
  await publish('1.0.1');
  const activity = new ActivityPage(ui);
  await activity.open();
  await ui.getByRole('button', { name: 'Figures', exact: true }).click();
  await ui.getByText(/^No update in the last 24 hours/).waitFor();
  await axe();
  await phone({ customId: 'Pixel' }).update();
  await phone({ customId: 'Pixel' }).report('1.0.1', 'update_fail');
  await ui.getByRole('button', { name: /^Show in the log/ }).waitFor();
  await ui.getByRole('img', { name: /^Devices by bundle/ }).waitFor();
  await axe();
  await ui.getByText('Table', { exact: true }).click();
  await ui.getByText('By release', { exact: true }).click();
  await axe();
  await ui.getByRole('button', { name: 'Figures', exact: true }).click();
  await activity.row('Offered 1.0.1').first().click();
  await activity.detail.getByRole('button', { name: 'Send again' }).click();
  await activity.detail.getByRole('region', { name: 'Sent again' }).waitFor();
  await axe();
});
