import { expect, test } from './fixtures.ts';
import { openScreen, screens } from './screens.ts';

test('the token of the ready line signs in once, and leaves the address bar', async ({ ui }) => {
  await expect(ui.getByRole('navigation').first()).toBeVisible();
  expect(ui.url()).not.toContain('token');
  await ui.reload();
  await expect(ui.getByRole('navigation').first()).toBeVisible();
});

for (const screen of screens) {
  test(`${screen.name} opens without an error and axe finds nothing @themes`, async ({ ui, axe }) => {
    await openScreen(ui, screen);
    await axe();
  });
}
