import { useTranslation } from 'react-i18next';

import { formatExactTime, formatRelativeTime } from '#renderer/i18n/format.ts';

import { useNow } from './use-now.ts';

/** How long ago, kept current; the exact time on hover. */
export function RelativeTime({ at }: { readonly at: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow(1000);
  return (
    <time dateTime={at} title={formatExactTime(at, i18n.language)}>
      {formatRelativeTime(at, Math.max(now, Date.parse(at)), i18n.language) ?? t('justNow')}
    </time>
  );
}
