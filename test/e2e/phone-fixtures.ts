import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { createPhone, type Phone, type PhoneFacts } from '../helpers/phone.ts';
import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';
import { test as base, expect } from './fixtures.ts';

export const APP_ID = 'com.example.shop';

type AppAnswer = { readonly token: string; readonly paths: { readonly update: string } };

export type PhoneFixtures = {
  /** An app that is there before the page opens. */
  app: { readonly token: string; readonly base: string };
  /** A device of that app. */
  phone: (facts?: Partial<PhoneFacts>) => Phone;
  /** Publishes a build of about `mebibytes` and waits until it is live. */
  publish: (version: string, mebibytes?: number) => Promise<void>;
};

/** The fixtures of fixtures.ts with an app, devices written from the protocol, and releases for them. */
export const test = base.extend<PhoneFixtures>({
  app: [
    async ({ slipway }, use) => {
      const { token, paths } = await slipway.command<AppAnswer>('app', 'add', APP_ID, '--name', 'Shop');
      await use({ token, base: slipway.deviceOrigin + paths.update.replace(/\/updates$/, '') });
    },
    { auto: true },
  ],
  phone: async ({ app }, use) => {
    await use((facts) => createPhone(app.base, APP_ID, facts));
  },
  publish: async ({ slipway }, use) => {
    await using folder = await temporaryFolder();
    await use(async (version, mebibytes = 0) => {
      const dir = join(folder.path, version);
      await writeTree(dir, { ...soundBuild, 'photo.jpg': randomBytes(Math.ceil(mebibytes * 1024 * 1024)) });
      await slipway.command('publish', dir, '--app', APP_ID, '--version', version, '--allow-warnings');
    });
  },
});

export { expect };
