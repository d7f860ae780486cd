import type { Device } from '#contract/models/device.ts';

/** Enough of an id to tell devices on one desk apart. */
const SHORT_ID = 8;

/** What a person calls it: its alias, the app's own custom id, or the start of its id. */
export function deviceName(device: Pick<Device, 'alias' | 'customId' | 'deviceId'>): string {
  return nonEmpty(device.alias) ?? nonEmpty(device.customId) ?? shortDeviceId(device.deviceId);
}

export function shortDeviceId(deviceId: string): string {
  return deviceId.slice(0, SHORT_ID);
}

function nonEmpty(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}
