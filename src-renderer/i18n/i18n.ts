import { createInstance, type FormatterModule, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

import type { Settings } from '#contract/models/server.ts';

import { english } from './english.ts';
import { addFailureTexts } from './failure-text.ts';
import { formatNumber } from './format.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof english;
    returnNull: false;
  }
}

export type Language = 'en' | 'fr';

/** Numbers within sentences as the language writes them: 21,713 files, not 21713. */
const numberFormatter: FormatterModule = {
  type: 'formatter',
  init() {},
  add() {},
  addCached() {},
  format: (value: string | number, _format, language = 'en') =>
    typeof value === 'number' ? formatNumber(value, language) : value,
};

/** English is at hand at once; other languages are fetched when they are wanted. */
export function createI18n(): i18n {
  const instance = createInstance();
  void instance
    .use(numberFormatter)
    .use(initReactI18next)
    .init({
      lng: 'en',
      fallbackLng: 'en',
      ns: Object.keys(english),
      defaultNS: 'common',
      resources: { en: english },
      // React escapes by itself.
      interpolation: { escapeValue: false, alwaysFormat: true },
      initAsync: false,
    });
  return instance;
}

/** The language a setting means on this machine. */
export function languageOf(setting: Settings['language'], systemLanguages: readonly string[]): Language {
  if (setting !== 'system') return setting;
  const first = systemLanguages.find((tag) => /^(en|fr)\b/i.test(tag));
  return first?.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

/** Fetches the catalogue when it is not at hand yet; the page's `lang` follows for screen readers and hyphenation. */
export async function changeLanguage(instance: i18n, language: Language): Promise<void> {
  if (language === 'fr' && !instance.hasResourceBundle('fr', 'common')) {
    const { french } = await import('./french.ts');
    addFailureTexts('fr', french.sentences);
    for (const [namespace, words] of Object.entries(french.catalogue)) {
      instance.addResourceBundle('fr', namespace, words);
    }
  }
  if (instance.language !== language) await instance.changeLanguage(language);
  document.documentElement.lang = language;
}
