import { useTranslation } from 'react-i18next';

import type { TraceStep } from '#contract/models/activity.ts';
import { stepSentences } from '#renderer/i18n/trace-text.ts';

type Props = { readonly step: TraceStep; readonly part: 'detail' | 'remedy' };

/** The sentence of a step in the person's language; the core's own, marked as English, where there is none. */
export function StepText({ step, part }: Props) {
  const { i18n } = useTranslation();
  const own = step[part] ?? '';
  const translated = stepSentences(step, i18n.language)?.[part];
  if (translated !== undefined) return translated;
  return i18n.language.startsWith('en') ? own : <span lang="en">{own}</span>;
}
