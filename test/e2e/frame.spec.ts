import { expect, test } from './fixtures.ts';
import { filledScreens, openScreen, runSample, screens } from './screens.ts';

test('the token of the ready line signs in once, and leaves the address bar', async ({ ui }) => {
  await expect(ui.getByRole('navigation').first()).toBeVisible();
  expect(ui.url()).not.toContain('token');
  await ui.reload();
  await expect(ui.getByRole('navigation').first()).toBeVisible();
});

test('every screen of an empty Slipway opens without an error, and axe finds nothing @themes', async ({ ui, axe }) => {
  for (const screen of screens) {
    await test.step(screen.name, async () => {
      await openScreen(ui, screen);
      await axe();
    });
  }
});

test('every screen with data opens without an error, and axe finds nothing @themes', async ({ slipway, ui, axe }) => {
  await runSample(slipway);
  for (const screen of filledScreens) {
    await test.step(screen.name, async () => {
      await openScreen(ui, screen);
      await axe();
      await ui.keyboard.press('Escape');
    });
  }
});
