import type { AutoPause, ChannelChange, ChannelSettings } from '#contract/models/channel.ts';

const PLATFORMS = ['ios', 'android', 'electron'] as const;

/** Capgo's: capgo-server-and-cli.md §8.1. */
export const defaultAutoPause: AutoPause = {
  enabled: false,
  windowMinutes: 60,
  failureRateBps: null,
  confidence: 0.95,
  minAttempts: null,
  minFailures: null,
  action: 'pause',
  cooldownMinutes: 60,
};

/**
 * What a new channel lets through. Capgo's defaults but for two: any version above the native one is offered
 * (`major` there), and devices may choose the channel (not there). Reasons: ADR 0010.
 */
export const defaultSettings: ChannelSettings = {
  public: false,
  ios: true,
  android: true,
  electron: true,
  allowDeviceSelfSet: true,
  allowEmulator: true,
  allowDevice: true,
  allowDev: true,
  allowProd: true,
  disableAutoUpdate: 'none',
  disableAutoUpdateUnderNative: true,
  minUpdateVersion: null,
  autoPause: defaultAutoPause,
};

/**
 * Settings after a change. A channel made public for one phone platform only leaves Electron to others unless it is
 * named: else a public channel for Android and one for iOS could not stand beside each other (§8.1, `electron`).
 */
export function changeSettings(before: ChannelSettings, change: ChannelChange): ChannelSettings {
  const { autoPause, ...flat } = change;
  const after: ChannelSettings = {
    ...before,
    ...withoutUndefined(flat),
    autoPause: { ...before.autoPause, ...withoutUndefined(autoPause ?? {}) },
  };
  const isAboutPublic = [change.public, change.ios, change.android].some((value) => value !== undefined);
  const isOnePhone = after.public && after.ios !== after.android;
  return isAboutPublic && isOnePhone && change.electron === undefined ? { ...after, electron: false } : after;
}

/** Whether two public channels would claim the same devices. */
export function publicOverlap(left: ChannelSettings, right: ChannelSettings): boolean {
  return left.public && right.public && PLATFORMS.some((platform) => left[platform] && right[platform]);
}

type SettingValue = string | number | boolean | null;
export type SettingChanges = Record<string, { readonly from: SettingValue; readonly to: SettingValue }>;

/** Names and values of the settings that differ, those of `autoPause` with a dot. */
export function settingChanges(before: ChannelSettings, after: ChannelSettings): SettingChanges {
  const changes: SettingChanges = {};
  const left = flatten(before);
  for (const [name, to] of Object.entries(flatten(after))) {
    const from = left[name] ?? null;
    if (from !== to) changes[name] = { from, to };
  }
  return changes;
}

function flatten({ autoPause, ...flat }: ChannelSettings): Record<string, SettingValue> {
  const dotted = Object.entries(autoPause).map(([name, value]) => [`autoPause.${name}`, value] as const);
  return { ...flat, ...Object.fromEntries(dotted) };
}

/** A change parsed by zod may carry keys whose value is undefined. */
function withoutUndefined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
