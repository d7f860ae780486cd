import { useTranslation } from 'react-i18next';

import { readAutoPauseReason } from '#contract/texts/auto-pause-reason.ts';
import { formatNumber, formatShare } from '#renderer/i18n/format.ts';

/** Why a rollout was stopped: the figures of auto-pause in the person's language, or what a person wrote. */
export function ReasonWords({ reason }: { readonly reason: string }) {
  const { t, i18n } = useTranslation('channels');
  const figures = readAutoPauseReason(reason);
  if (figures === null) return reason;
  const number = (value: number) => formatNumber(value, i18n.language);
  return t('auto.reason', {
    failures: number(figures.failures),
    attempts: number(figures.attempts),
    window: t('auto.minutes', { count: figures.windowMinutes }),
    share: formatShare(figures.lowerBoundBps, i18n.language),
  });
}
