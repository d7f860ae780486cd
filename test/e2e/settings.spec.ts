import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, test } from './fixtures.ts';

test('another port is applied at once, and the listener answers there', async ({ ui, slipway, axe }) => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const address = free.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  await ui.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  const field = ui.getByRole('textbox', { name: 'Port' });
  await field.fill('70000');
  await ui.getByRole('button', { name: 'Apply' }).click();
  await expect(ui.getByText('A whole number from 0 to 65535.')).toBeVisible();

  // Taken: the failure says so and what to do, and the top bar tells that phones cannot reach Slipway.
  await ui.getByRole('combobox', { name: 'Address' }).fill('127.0.0.1');
  await ui.keyboard.press('Escape');
  await field.fill(String(port));
  await ui.getByRole('button', { name: 'Apply' }).click();
  await expect(ui.getByText(`Port ${port} on 127.0.0.1 is taken by another program.`).first()).toBeVisible();
  await axe();

  free.close();
  await once(free, 'close');
  await ui.getByRole('banner').getByRole('button', { name: 'Restart' }).click();
  await expect(ui.getByText(`Listening on 127.0.0.1:${port}.`)).toBeVisible();
  expect(await slipway.api.server.status({})).toMatchObject({ device: { state: 'running', port } });
});

test('colours change at once and stay over a reload', async ({ ui }) => {
  await ui.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  const root = ui.locator('html');
  await ui.getByText('Dark', { exact: true }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await ui.reload();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await ui.getByText('Light', { exact: true }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('the data folder is named and can be copied', async ({ ui, slipway }) => {
  await ui.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await expect(ui.getByRole('button', { name: `Copy Folder: ${slipway.dataDir}` })).toBeVisible();
});
