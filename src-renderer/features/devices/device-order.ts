import type { Device } from '#contract/models/device.ts';
import { deviceName } from '#renderer/components/device-name.ts';

import { viewState } from './device-state-view.ts';

export const sortColumns = [
  'device',
  'platform',
  'native',
  'bundle',
  'channel',
  'plugin',
  'lastSeen',
  'state',
] as const;
export type SortColumn = (typeof sortColumns)[number];
export type SortOrder = { readonly column: SortColumn; readonly isDescending: boolean };

/** Newest and most urgent first; names and versions from the start. */
export const firstOrder: Readonly<Record<SortColumn, boolean>> = {
  device: false,
  platform: false,
  native: true,
  bundle: true,
  channel: false,
  plugin: true,
  lastSeen: true,
  state: true,
};

/** The order after a click on a column: that column, or the other way round when it was that column already. */
export function nextOrder(order: SortOrder, column: SortColumn): SortOrder {
  return order.column === column
    ? { column, isDescending: !order.isDescending }
    : { column, isDescending: firstOrder[column] };
}

/** A sorted copy; equals keep the order of the device ids, so rows do not jump when nothing changed. */
export function sortDevices(devices: readonly Device[], { column, isDescending }: SortOrder): readonly Device[] {
  const sign = isDescending ? -1 : 1;
  const compare = comparers[column];
  return devices.toSorted((a, b) => sign * compare(a, b) || a.deviceId.localeCompare(b.deviceId));
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const byText = (read: (device: Device) => string | null) => (a: Device, b: Device) =>
  collator.compare(read(a) ?? '', read(b) ?? '');

const comparers: Readonly<Record<SortColumn, (a: Device, b: Device) => number>> = {
  device: byText(deviceName),
  platform: byText((device) => device.platform),
  native: byText((device) => device.nativeVersion),
  bundle: byText((device) => device.bundleVersion),
  channel: byText((device) => device.channel),
  plugin: byText((device) => device.pluginVersion),
  lastSeen: byText((device) => device.lastSeenAt),
  state: (a, b) => viewState(a.state, 0).urgency - viewState(b.state, 0).urgency,
};

/**
 * Devices in which every word of `text` occurs somewhere. `wordsOf` adds what only the screen knows,
 * such as the sentence of a state in the person's language.
 */
export function filterDevices(
  devices: readonly Device[],
  text: string,
  wordsOf: (device: Device) => string,
): readonly Device[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return devices;
  return devices.filter((device) => {
    const facts = [
      device.alias,
      device.customId,
      device.deviceId,
      device.platform,
      device.nativeVersion,
      device.bundleVersion,
      device.channel,
      device.pluginVersion,
      device.osVersion,
      device.remoteAddress,
      wordsOf(device),
    ];
    const haystack = facts.join('\n').toLowerCase();
    return wanted.every((word) => haystack.includes(word));
  });
}
