import { randomBytes } from 'node:crypto';

import { simulationReportSchema, type SimulationReport } from '#contract/models/virtual-device.ts';

import { temporaryFolder, writeTree } from '../helpers/trees.ts';
import { startViteProject } from '../helpers/vite-project.ts';
import { ActivityPage } from './page-models/activity-page.ts';
import { DevicesPage } from './page-models/devices-page.ts';
import { APP_ID, expect, test } from './phone-fixtures.ts';

/** What the rebuilds leave alone. It does not compress, so that its bytes tell whether it was fetched again. */
const UNCHANGED_BYTES = 200 * 1024;

test('a source change that Vite builds reaches a virtual phone as a delta, with no click', async ({ ui, slipway }) => {
  await using folder = await temporaryFolder();
  await writeTree(folder.at('shop'), { 'public/clip.mp3': randomBytes(UNCHANGED_BYTES) });
  await using project = await startViteProject(folder.at('shop'), 'one');
  const { api } = slipway;
  const [added] = await api.simulator.add({ appId: APP_ID, profile: { platform: 'android', nativeVersion: '1.0.0' } });
  const deviceId = added?.deviceId ?? '';

  /** One start of the app on the phone, which asks by itself. */
  async function launch(): Promise<SimulationReport> {
    const { jobId } = await api.simulator.run({ appId: APP_ID, deviceIds: [deviceId] });
    await expect.poll(async () => (await api.jobs.get({ jobId })).state).toBe('succeeded');
    return simulationReportSchema.parse((await api.jobs.get({ jobId })).result);
  }
  const filesOf = ({ requests }: SimulationReport) => requests.filter(({ url }) => /\/(files|bundles)\//.test(url));

  // Its native version is 1.0.0: releases have to sort above it.
  expect(await launch()).toMatchObject({ version: '1.0.0', bytes: 0 });
  await ui.getByRole('button', { name: 'Watch a folder…' }).click();
  const dialog = ui.getByRole('dialog', { name: 'Watch a folder' });
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(project.dist);
  await dialog.getByRole('button', { name: 'Start watching' }).click();
  await expect(ui.getByText('Published 1.0.1')).toBeVisible();
  const first = await launch();
  expect(first).toMatchObject({ outcome: 'updated', version: '1.0.1', reused: 0 });
  expect(filesOf(first)).toHaveLength(3);
  expect(first.bytes).toBeGreaterThan(UNCHANGED_BYTES);

  const devices = new DevicesPage(ui);
  await devices.open();
  const row = ui.getByRole('row').filter({ hasText: 'Virtual' });
  await expect(row).toContainText('runs 1.0.1, ready');

  // From here on nobody clicks until the phone has it.
  await project.edit('two');
  await expect.poll(async () => (await api.watches.list({}))[0]?.lastPublish).toMatchObject({ version: '1.0.2' });
  const diff = await api.releases.diff({ appId: APP_ID, from: '1.0.1', to: '1.0.2' });
  expect(diff).toMatchObject({ unchanged: 1, deltaFiles: 2 });
  const second = await launch();
  expect(second).toMatchObject({
    outcome: 'updated',
    version: '1.0.2',
    bytes: diff.deltaBytes,
    reused: UNCHANGED_BYTES,
  });
  expect(filesOf(second)).toHaveLength(2);
  expect(filesOf(second).every(({ url, status }) => url.includes('/files/') && status === 200)).toBe(true);
  await expect(row).toContainText('runs 1.0.2, ready');

  // Its page and the log tell what it cost.
  await row.getByRole('link').first().click();
  await expect(ui.getByText('Updated, runs 1.0.2')).toBeVisible();
  await expect(ui.getByText(`${second.bytes} B fetched`)).toBeVisible();
  await expect(ui.getByText('200 KiB reused')).toBeVisible();
  const activity = new ActivityPage(ui);
  await activity.open();
  await expect(activity.row(`Downloaded 2 of 3 files of 1.0.2, ${second.bytes} B`)).toBeVisible();
});
