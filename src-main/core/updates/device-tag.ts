import { createHmac, timingSafeEqual } from 'node:crypto';

/** Of 32 bytes; enough that nobody guesses one, short enough for a URL. */
const MAC_BYTES = 12;

/**
 * Names the device in the URL of its download, so that bytes can be told to a device without remembering offers.
 * Nobody can make one for another device: the pairing token is the key, and a new token makes old tags worthless.
 */
export function createDeviceTag(token: string, deviceId: string): string {
  return `${Buffer.from(deviceId).toString('base64url')}.${macOf(token, deviceId).toString('base64url')}`;
}

/** The device id of a tag, or null when it was not made with this token. */
export function readDeviceTag(token: string, tag: string): string | null {
  const parts = /^([\w-]{1,512})\.([\w-]{16})$/.exec(tag);
  if (!parts) return null;
  const deviceId = Buffer.from(parts[1] ?? '', 'base64url').toString();
  const given = Buffer.from(parts[2] ?? '', 'base64url');
  return timingSafeEqual(given, macOf(token, deviceId)) ? deviceId : null;
}

function macOf(token: string, deviceId: string): Buffer {
  return createHmac('sha256', `slipway device tag\n${token}`).update(deviceId).digest().subarray(0, MAC_BYTES);
}
