import type { TFunction } from 'i18next';

import { english } from '#renderer/i18n/english.ts';

type RuleKey = keyof typeof english.trace.rule;

/** What a rule looks at, in words; a rule that nobody has words for keeps its name. */
export function ruleTitle(rule: string, t: TFunction<'trace'>): string {
  const key = rule.replaceAll('.', '_');
  return isKnown(key) ? t(`rule.${key}`) : rule;
}

function isKnown(key: string): key is RuleKey {
  return Object.hasOwn(english.trace.rule, key);
}
