import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { DevicesPage } from './page-models/devices-page.ts';
import { ReleasePage } from './page-models/release-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

test('the main job: drop a folder, publish it, a phone updates and reports, and the screen follows', async ({
  ui,
  axe,
  phone,
}) => {
  await using folder = await temporaryFolder();
  const release = new ReleasePage(ui);
  const devices = new DevicesPage(ui);
  const pixel = phone({ customId: 'Pixel' });
  await pixel.check();

  await release.drop(await writeTree(folder.at('dist'), soundBuild));
  await release.app.fill(APP_ID);
  // The next patch above what the phone says its native app is.
  await release.version.fill('1.0.7');
  await expect(release.publish).toHaveText('Publish 1.0.7 to production: 1 device');
  await release.publish.click();
  await release.waitForRelease('1.0.7');
  await expect(ui.getByText('Live · production').first()).toBeVisible();
  await axe();

  expect(await pixel.update()).toBe('1.0.7');
  await expect(ui.getByRole('table').getByRole('row').filter({ hasText: 'Pixel' })).toContainText('Runs it');
  await devices.open();
  await expect(devices.row('Pixel')).toContainText('runs 1.0.7, ready');
  await axe();
});
