import type { TFunction } from 'i18next';

import { english } from '#renderer/i18n/english.ts';

type SettingName = keyof typeof english.channels.setting;

/** A setting of the history in words; one that a newer Slipway wrote keeps its name. */
export function settingWords(name: string, t: TFunction<'channels'>): string {
  const key = name.replace('.', '_');
  return isSetting(key) ? t(`setting.${key}`) : name;
}

function isSetting(key: string): key is SettingName {
  return Object.hasOwn(english.channels.setting, key);
}
