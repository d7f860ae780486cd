import { createHmac } from 'node:crypto';

import { createMemo } from './memo.ts';

/** Which device is on its way to which release. */
export type OfferTag = { readonly appId: string; readonly deviceId: string; readonly releaseId: string };

/**
 * Short names for "this device, this release" in the thousands of URLs of a manifest, so that each download can be told
 * to both without a word of the device. The same every time, so a manifest that was given out before stays right; who
 * does not have the pairing token cannot make one. A restart forgets them, and the next check brings them back.
 */
export type OfferTags = {
  create(token: string, tag: OfferTag): string;
  find(appId: string, text: string): OfferTag | null;
};

const MAC_BYTES = 9;
/** The ones used least recently go first. */
const KEPT = 20_000;

export function createOfferTags(): OfferTags {
  const known = new Map<string, OfferTag>();
  const made = createMemo(KEPT);
  return {
    create(token, tag) {
      const message = `${tag.deviceId}\n${tag.releaseId}`;
      const text = made(`${token}\n${message}`, () => {
        const mac = createHmac('sha256', `slipway offer tag\n${token}`).update(message);
        return mac.digest().subarray(0, MAC_BYTES).toString('base64url');
      });
      known.delete(text);
      known.set(text, tag);
      const [oldest] = known.keys();
      if (known.size > KEPT && oldest !== undefined) known.delete(oldest);
      return text;
    },
    find(appId, text) {
      const tag = known.get(text);
      return tag?.appId === appId ? tag : null;
    },
  };
}
