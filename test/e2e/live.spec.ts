import { expect, sampleAppDir, test } from './fixtures.ts';

test('a release published on the command line appears without a reload', async ({ slipway, ui }) => {
  await expect(ui.getByText('1.0.0')).toHaveCount(0);
  const words = ['publish', sampleAppDir, '--app', 'com.example.slipway.sample', '--version', '1.0.0'];
  const { version } = await slipway.command<{ version: string }>(...words);
  expect(version).toBe('1.0.0');
  await expect(ui.getByText('1.0.0').first()).toBeVisible();
});
