import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { chromium } from '@playwright/test';

import { findChromium } from '../helpers/chromium.ts';
import { startHost } from '../helpers/headless-host.ts';
import { fillDesk, filledScreens, openScreen, runSample, type Screen, screens } from './screens.ts';

/** `npm run screenshots -- DIR`: every screen of screens.ts in both themes and two sizes, over the sample's data. */

const sizes = [
  { width: 1280, height: 800 },
  { width: 960, height: 640 },
];
const [target] = process.argv.slice(2);
if (target === undefined) {
  process.stderr.write('Usage: npm run screenshots -- DIR\n');
  process.exit(2);
}
const outDir = resolve(target);
await mkdir(outDir, { recursive: true });

await using host = await startHost();
const { executablePath, args, environment } = await findChromium();
await using browser = await chromium.launch({
  executablePath,
  args: [...args],
  env: { ...process.env, ...environment },
});
let pictures = 0;
await takeAll('empty-', screens);
await runSample(host);
await fillDesk(host.api, host.deviceOrigin);
await takeAll('', filledScreens);
process.stdout.write(`${pictures} pictures are in ${outDir}\n`);

async function takeAll(prefix: string, shown: readonly Screen[]): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of sizes) {
      await using context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(host.signInUrl);
      for (const screen of shown) {
        await openScreen(page, screen);
        const name = `${prefix}${screen.name}-${viewport.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(outDir, name) });
        await page.keyboard.press('Escape');
        pictures += 1;
      }
    }
  }
}
