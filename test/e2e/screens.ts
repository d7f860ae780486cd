import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import type { ApiClient } from '#contract/api.ts';

import type { RunningHost } from '../helpers/headless-host.ts';
import { createPhone, type PhoneFacts } from '../helpers/phone.ts';

const sampleAppDir = fileURLToPath(new URL('../../resources/sample-app', import.meta.url));

/** A screen of the interface in one state worth looking at. */
export type Screen = {
  /** Name of its pictures. */
  readonly name: string;
  /** Address within the interface, after the `#`. */
  readonly path: string;
  /** Brings the screen into its state; without it, it is shown as it opens. */
  readonly prepare?: (page: Page) => Promise<void>;
};

export const screens: readonly Screen[] = [
  { name: 'release', path: '/release' },
  { name: 'channels', path: '/channels' },
  { name: 'devices', path: '/devices' },
  { name: 'activity', path: '/activity' },
  { name: 'keys', path: '/keys' },
  { name: 'connect', path: '/connect' },
  { name: 'settings', path: '/settings' },
];

/** Screens that need what `runSample` leaves: an app, a release, a device and its requests. */
export const filledScreens: readonly Screen[] = [
  ...screens,
  { name: 'release-page', path: '/release', prepare: openFirstRow },
  { name: 'channel-page', path: '/channels', prepare: openFirstRow },
  { name: 'device-page', path: '/devices', prepare: openFirstRow },
  {
    name: 'activity-detail',
    path: '/activity',
    prepare: async (page) => {
      await page.getByRole('row').nth(1).click();
    },
  },
  {
    name: 'activity-replay',
    path: '/activity',
    prepare: async (page) => {
      await page.getByRole('row').nth(1).click();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('region', { name: 'Sent again' }).waitFor();
    },
  },
  {
    name: 'activity-figures',
    path: '/activity',
    prepare: async (page) => {
      const toggle = page.getByRole('button', { name: 'Figures', exact: true });
      if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
      await page.getByRole('img', { name: /^Devices by bundle/ }).waitFor();
    },
  },
  {
    name: 'review',
    path: '/release',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Paste a path…' }).click();
      await page.getByRole('textbox', { name: 'Path of the build folder or zip' }).fill(sampleAppDir);
      await page.getByRole('button', { name: 'Review build' }).click();
      await page
        .getByRole('dialog', { name: /^Review build/ })
        .getByText('All checks passed.')
        .first()
        .waitFor();
    },
  },
  { name: 'virtual-add', path: '/devices', prepare: openVirtualDialog('Add virtual device…') },
  { name: 'virtual-run', path: '/devices', prepare: openVirtualDialog('Run virtual devices…') },
  {
    name: 'virtual-device',
    path: '/devices',
    prepare: async (page) => {
      await page.getByRole('link', { name: VIRTUAL_NAME }).click();
      await page.getByRole('list', { name: 'Steps of the last cycle' }).waitFor();
    },
  },
  {
    name: 'palette',
    path: '/release',
    prepare: async (page) => {
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('dialog').waitFor();
    },
  },
];

function openVirtualDialog(button: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').waitFor();
  };
}

async function openFirstRow(page: Page): Promise<void> {
  await page.locator('[data-row-link]').first().click();
  await page.waitForURL(/#\/\w+\/.+/);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

const VIRTUAL_NAME = 'Virtual iPhone';

/** Publishes the sample app, updates a virtual device from it, and adds another: the shortest way to something on every screen. */
export async function runSample({ api }: RunningHost): Promise<void> {
  await ended(api, await api.sample.run({}));
  const [app] = await api.apps.list({});
  const appId = app?.appId ?? '';
  const [device] = await api.simulator.add({ appId, profile: { platform: 'ios', nativeVersion: '1.0.0' } });
  const deviceId = device?.deviceId ?? '';
  await ended(api, await api.simulator.run({ appId, deviceIds: [deviceId] }));
  await api.devices.rename({ appId, deviceId, alias: VIRTUAL_NAME });
}

async function ended(api: ApiClient, { jobId }: { readonly jobId: string }): Promise<void> {
  for (;;) {
    const { state, error } = await api.jobs.get({ jobId });
    if (state === 'succeeded') return;
    if (error !== null) throw new Error(`The job ended with ${error.code}.`);
    await delay(100);
  }
}

const shelf: readonly (Partial<PhoneFacts> & { readonly name: string; readonly ends: DeskState })[] = [
  { name: 'Pixel 9', ends: 'ready', deviceId: '7c1e9a52-0b1f-4d6e-9a43-5f2f0c7d1a01', osVersion: '16' },
  {
    name: 'iPhone 16 Pro',
    ends: 'ready',
    deviceId: '1d44b0c7-93aa-4b52-8e0e-3c9be1f6a702',
    platform: 'ios',
    osVersion: '26.1',
  },
  { name: 'Galaxy A15', ends: 'downloading', deviceId: 'a90f3e6d-27c4-4f3b-b1de-8d5502c9fb03', osVersion: '14' },
  {
    name: 'iPad mini',
    ends: 'queued',
    deviceId: '5be2d817-4c0a-4a97-9d35-e1a6b47c2d04',
    platform: 'ios',
    osVersion: '18.6',
  },
  {
    name: 'Moto G',
    ends: 'rolled-back',
    deviceId: 'e3f7c5a1-68d2-4c1b-a7f4-0b93d62e8f05',
    osVersion: '13',
    pluginVersion: '6.14.0',
  },
];

type DeskState = 'ready' | 'downloading' | 'queued' | 'rolled-back';

/** Phones as on a busy desk: updated, under way, waiting for their turn, rolled back. */
export async function fillDesk(api: ApiClient, deviceOrigin: string): Promise<void> {
  const [app] = await api.apps.list({});
  if (app === undefined) throw new Error('There is no app for the phones.');
  const { appId, token } = app;
  for (const { name, ends, ...facts } of shelf) {
    const phone = createPhone(`${deviceOrigin}/${token}`, appId, facts);
    if (ends === 'ready') await phone.update();
    else {
      const offer = await phone.checkForOffer();
      if (ends === 'downloading') await phone.report(offer.version, 'download_10', 'download_40');
      else {
        await phone.download(offer);
        await phone.report(offer.version, 'download_complete', 'set_next');
      }
      if (ends === 'rolled-back') await phone.report(offer.version, 'set', 'app_launch_start', 'update_fail');
    }
    await api.devices.rename({ appId, deviceId: phone.facts.deviceId, alias: name });
  }
}

/** Shows a screen and waits until its heading is there. */
export async function openScreen(page: Page, { path, prepare }: Screen): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, path);
  await page.locator(`nav a[aria-current="page"][href="#${path}"]`).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await prepare?.(page);
  await settle(page);
}

/** Waits until transitions are over: midway they show colours that no theme has. What turns for ever may turn. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
