import { readFile } from 'node:fs/promises';

import { hasProgram, runProgram } from '../helpers/programs.ts';
import { ActivityPage } from './page-models/activity-page.ts';
import { expect, test } from './phone-fixtures.ts';

test('what phones ask and report appears as it happens, strangers and nonsense too', async ({
  ui,
  app,
  phone,
  publish,
}) => {
  const activity = new ActivityPage(ui);
  await activity.open();
  await expect(ui.getByRole('heading', { name: /^Listening on .* Nothing has asked yet\.$/ })).toBeVisible();

  await publish('1.0.1', 24);
  const pixel = phone({ customId: 'Pixel' });
  const held = await pixel.holdDownload(await pixel.checkForOffer(), 1024 * 1024);
  await expect(activity.row('Offered 1.0.1').first()).toContainText('Pixel');
  await expect(activity.row('Download').first()).toContainText('Running');
  held.breakOff();
  await expect(activity.row('Download').first()).toContainText('Failed');
  await expect(activity.row('Download').first()).toContainText(/MiB of 24\.0 MiB/);

  const wrong = await fetch(`${app.base}x/updates`, { method: 'POST', body: '{}' });
  expect(wrong.status).toBe(404);
  await expect(activity.row('Unpaired')).toBeVisible();
  await fetch(`${app.base}/updates`, { method: 'POST', body: '{not json' });
  await expect(activity.row('Malformed')).toBeVisible();
});

test('a row opens into why, what was sent and what was answered; its curl asks the same', async ({
  ui,
  context,
  phone,
  publish,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await publish('1.0.1');
  await phone({ customId: 'Pixel' }).checkForOffer();
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Offered 1.0.1').click();
  await expect(activity.detail.getByRole('table')).toContainText('Passed');
  await expect(activity.detail.getByRole('group', { name: 'Response: Body' })).toContainText('"version": "1.0.1"');

  await activity.detail.getByRole('button', { name: 'Copy as curl' }).click();
  const copied = (): Promise<string> => ui.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain('curl ');
  const command = await copied();
  test.skip(!(await hasProgram('curl', '--version')), 'there is no curl to run the copied command with');
  const { stdout } = await runProgram('sh', ['-c', command]);
  expect(stdout).toContain('"version":"1.0.1"');
});

test('the view holds still while a person reads, counts what is new, and goes back', async ({ ui, phone }) => {
  const pixel = phone();
  const names = Array.from({ length: 60 }, (_, index) => `custom_${index}`);
  await pixel.report('1.0.0', ...names);
  const activity = new ActivityPage(ui);
  await activity.open();
  await expect(activity.row('custom_59')).toBeVisible();
  await expect.poll(() => activity.distanceFromNewest()).toBeLessThan(2);

  await activity.log.hover();
  await ui.mouse.wheel(0, -600);
  await expect(activity.newest).toBeVisible();
  const top = await activity.placeAtRest();
  await pixel.report('1.0.0', 'later_1', 'later_2', 'later_3');
  await expect(activity.newest).toHaveText('3 new');
  expect(await activity.placeAtRest()).toBe(top);
  await activity.newest.click();
  await expect(activity.row('later_3')).toBeInViewport();
  await pixel.report('1.0.0', 'later_4');
  await expect(activity.row('later_4')).toBeInViewport();
});

test('it is read and filtered by keyboard alone', async ({ ui, phone, publish }) => {
  await publish('1.0.1');
  await phone({ customId: 'Pixel' }).update();
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Offered 1.0.1').waitFor();
  await ui.keyboard.press('/');
  await expect(activity.search).toBeFocused();
  await ui.keyboard.type('offered 1.0.1');
  await ui.keyboard.press('Enter');
  await expect(activity.log).toBeFocused();
  await expect(activity.log.getByRole('row')).toHaveCount(2);
  await ui.keyboard.press('Home');
  await ui.keyboard.press('Enter');
  await expect(activity.detail).toContainText('Offered 1.0.1');
  await ui.keyboard.press('Escape');
  await expect(activity.detail).toHaveCount(0);
  await activity.search.fill('');
  await activity.choose('Kind', 'Download');
  await expect(activity.log.getByRole('row')).toHaveCount(2);
  await activity.choose('Outcome', 'Refused');
  await expect(ui.getByRole('heading', { name: /the filters hide all of them$/ })).toBeVisible();
});

test('it is paused, exported and cleared', async ({ ui, phone }) => {
  const pixel = phone();
  await pixel.report('1.0.0', 'first_report');
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('first_report').waitFor();
  await ui.getByRole('button', { name: 'Pause' }).click();
  await pixel.report('1.0.0', 'second_report');
  await expect(ui.getByRole('button', { name: 'Paused · 1 row waiting' })).toBeVisible();
  await expect(activity.row('second_report')).toHaveCount(0);
  await ui.getByRole('button', { name: /^Paused/ }).click();
  await expect(activity.row('second_report')).toBeVisible();

  const saving = ui.waitForEvent('download');
  await ui.getByRole('button', { name: 'Export' }).click();
  const file = await (await saving).path();
  const rows = JSON.parse(await readFile(file, 'utf8')) as readonly { action: string; request: { body: unknown } }[];
  expect(rows.map(({ action }) => action)).toEqual(['first_report', 'second_report']);
  expect(rows[0]?.request.body).toMatchObject({ action: 'first_report' });

  await ui.getByRole('button', { name: 'Clear…' }).click();
  await ui.getByRole('dialog').getByRole('button', { name: 'Clear the log' }).click();
  await expect(ui.getByRole('heading', { name: /Nothing has asked yet/ })).toBeVisible();
});

test('axe finds nothing on the log, its filters and its details', async ({ ui, axe, app, phone, publish }) => {
  // Several states, each looked through whole.
  test.slow();
  await publish('1.0.1');
  const pixel = phone({ customId: 'Pixel' });
  await pixel.update();
  await pixel.report('1.0.1', 'update_fail');
  await fetch(`${app.base}x/updates`, { method: 'POST', body: '{}' });
  const activity = new ActivityPage(ui);
  await activity.open();
  await activity.row('Unpaired').waitFor();
  await axe();
  await ui.getByRole('button', { name: /^Outcome/ }).click();
  const choice = ui.getByRole('checkbox', { name: 'Failed' });
  await choice.waitFor();
  await axe();
  await ui.keyboard.press('Escape');
  // It gives the focus back when it is gone.
  await expect(choice).toBeHidden();
  await activity.log.focus();
  await ui.keyboard.press('Home');
  await ui.keyboard.press('Enter');
  await activity.detail.getByRole('group', { name: 'Response: Body' }).waitFor();
  await axe();
});
