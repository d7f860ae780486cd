import type { Units } from '#contract/texts/units.ts';

import { formatBytes, formatNumber } from './format.ts';

/** Making the rules of a language takes far longer than asking them. */
const pluralRules = new Map<string, Intl.PluralRules>();

/** How a language writes the numbers of a sentence; fractions with as many digits as they have. */
export function unitsOf(language: string): Units {
  return {
    bytes: (bytes) => formatBytes(bytes, language),
    count: (count) => formatNumber(count, language),
    decimal: (value) => value.toLocaleString(language),
    isOne: (count) => rulesOf(language).select(count) === 'one',
  };
}

function rulesOf(language: string): Intl.PluralRules {
  const rules = pluralRules.get(language) ?? new Intl.PluralRules(language);
  pluralRules.set(language, rules);
  return rules;
}
