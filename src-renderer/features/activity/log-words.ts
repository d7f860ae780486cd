import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import {
  activityKindSchema,
  activityOutcomeSchema,
  type ActivityKind,
  type ActivityOutcome,
} from '#contract/models/activity.ts';

/** The words that rows need, looked up once for all of them. */
export type LogWords = {
  readonly language: string;
  readonly kinds: Readonly<Record<ActivityKind, string>>;
  readonly outcomes: Readonly<Record<ActivityOutcome, string>>;
  readonly noDevice: string;
  readonly replay: string;
  readonly bytesOf: (sent: string, total: string) => string;
};

export function useLogWords(): LogWords {
  const { t, i18n } = useTranslation('activity');
  const { language } = i18n;
  return useMemo(
    () => ({
      language,
      kinds: wordsOf(activityKindSchema.options, (kind) => t(`kind.${kind}`)),
      outcomes: wordsOf(activityOutcomeSchema.options, (outcome) => t(`outcome.${outcome}`)),
      noDevice: t('noDevice'),
      replay: t('replay.mark'),
      bytesOf: (sent, total) => t('bytesOf', { sent, total }),
    }),
    [t, language],
  );
}

function wordsOf<T extends string>(keys: readonly T[], wordOf: (key: T) => string): Readonly<Record<T, string>> {
  return Object.fromEntries(keys.map((key) => [key, wordOf(key)])) as Record<T, string>;
}
