import type { Page } from '@playwright/test';

import { activityTexts } from '#contract/texts/activity-texts.ts';
import { doctorTexts } from '#contract/texts/doctor-texts.ts';
import { simulationTexts } from '#contract/texts/simulation-texts.ts';
import { statTexts } from '#contract/texts/stat-texts.ts';
import { english } from '#renderer/i18n/english.ts';
import { french } from '#renderer/i18n/french.ts';

import { APP_ID, expect, test } from './phone-fixtures.ts';
import { openScreen, screens } from './screens.ts';

/** Words that an English sentence can hardly do without, and that French has not. */
const englishWord =
  /(?<![\p{L}\p{N}_'’-])(?:the|of|and|is|was|with|for|not|has|are|this|that|been|it|its|to|from|by|which|does|there|here)(?![\p{L}\p{N}_-])/iu;

type Words = { readonly [name: string]: string | Words | undefined };

function leaves(words: Words): readonly string[] {
  return Object.values(words).flatMap((word) => (typeof word === 'object' ? leaves(word) : (word ?? [])));
}

/** Everything that is said in English, where French has other words for it. */
const sayings = leaves({ english, activityTexts, doctorTexts, simulationTexts, statTexts });
const alsoFrench = new Set(leaves(french as unknown as Words));
const patterns = [...new Set(sayings)]
  .filter((saying) => !alsoFrench.has(saying) && /\p{L}{4}/u.test(saying.replaceAll(/\{+\w+\}+/g, '')))
  .map(
    (saying) =>
      new RegExp(
        `^${saying
          .split(/\{+\w+\}+/)
          .map((literal) => literal.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
          .join('.+')}$`,
        'u',
      ),
  );

const isEnglish = (text: string): boolean => englishWord.test(text) || patterns.some((pattern) => pattern.test(text));

/** What a person reads or hears of the page, but for code, payloads, and what is marked as English. */
async function englishWords(page: Page): Promise<readonly string[]> {
  const said = await page.evaluate(() => {
    const found: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      if (element === null || element.closest('code, pre, script, style, [lang="en"]') !== null) continue;
      if (node instanceof Element) {
        for (const name of ['aria-label', 'title', 'placeholder']) found.push(element.getAttribute(name) ?? '');
      } else found.push(node.textContent ?? '');
    }
    return found;
  });
  return [...new Set(said.map((text) => text.trim()))].filter((text) => text !== '' && isEnglish(text));
}

test('the window in French says nothing in English, whatever the core has to tell', async ({
  ui,
  slipway,
  app,
  phone,
  publish,
}) => {
  const { api } = slipway;
  await api.settings.update({ language: 'fr' });
  await publish('2.0.0');
  const [device] = await api.simulator.add({ appId: APP_ID, profile: { platform: 'android', nativeVersion: '1.0.0' } });
  const deviceId = device?.deviceId ?? '';
  const { jobId } = await api.simulator.run({ appId: APP_ID, deviceIds: [deviceId], fault: { name: 'never-ready' } });
  const pixel = phone({ customId: 'Pixel' });
  await pixel.download(await pixel.checkForOffer());
  await pixel.report('2.0.0:main.js', 'download_manifest_file_fail');
  await pixel.report('2.0.0', 'set', 'update_fail');
  await pixel.check();
  await api.channels.update({ appId: APP_ID, channel: 'production', change: { disableAutoUpdate: 'major' } });
  const tablet = phone({ customId: 'Tablet', deviceId: '5be2d817-4c0a-4a97-9d35-e1a6b47c2d04', platform: 'ios' });
  await tablet.check();
  for (const path of ['updates', 'stats', 'channel_self']) {
    await fetch(`${app.base}/${path}`, { method: 'POST', body: 'no JSON' });
  }
  await fetch(`${slipway.deviceOrigin}/nowhere`);
  await expect.poll(async () => (await api.jobs.get({ jobId })).state).toBe('succeeded');

  const look = async (name: string): Promise<void> => {
    await test.step(name, async () => expect.soft(await englishWords(ui), name).toEqual([]));
  };
  await ui.locator('html[lang="fr"]').waitFor();
  for (const screen of screens) {
    await openScreen(ui, screen);
    if (screen.path === '/connect') await ui.getByText('La base de données s’ouvre et répond.').waitFor();
    if (screen.path === '/activity') await ui.getByText('La version majeure est au-dessus').first().waitFor();
    await look(screen.name);
    if (!['/release', '/channels', '/devices'].includes(screen.path)) continue;
    await ui.locator('[data-row-link]').first().click();
    await ui.waitForURL(/#\/\w+\/.+/);
    await ui.getByRole('heading', { level: 1 }).waitFor();
    await look(`${screen.name}: page`);
  }
  await ui.goto(`${ui.url().split('#')[0] ?? ''}#/devices/${deviceId}`);
  await ui.getByRole('list', { name: 'Étapes du dernier cycle' }).waitFor();
  await ui.getByRole('button', { name: /^Montrer les \d+ règles$/ }).click();
  await look('a virtual device: steps, timeline, every rule');
});
