import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { findChromium } from '../helpers/chromium.ts';

/** `npm run icons`: renders the PNGs of resources/icons and of the sample app from their SVGs. */

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
const pictures = [
  ...[16, 32, 48, 64, 128, 256, 512, 1024].map((size) => ({
    from: 'icons/icon.svg',
    to: `icons/icon-${size}.png`,
    size,
  })),
  // Black with alpha only: macOS colours "template" pictures in the menu bar by itself, by this name.
  { from: 'icons/mark.svg', to: 'icons/trayTemplate.png', size: 16 },
  { from: 'icons/mark.svg', to: 'icons/trayTemplate@2x.png', size: 32 },
  ...[192, 512].map((size) => ({
    from: 'sample-app/icons/icon.svg',
    to: `sample-app/icons/icon-${size}.png`,
    size,
  })),
];

const { executablePath, args, environment } = await findChromium();
const browser = await chromium.launch({ executablePath, args: [...args], env: { ...process.env, ...environment } });
try {
  const page = await browser.newPage();
  for (const { from, to, size } of pictures) {
    const svg = await readFile(resources + from, 'utf8');
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
    await page.screenshot({ path: resources + to, omitBackground: true });
  }
} finally {
  await browser.close();
}
