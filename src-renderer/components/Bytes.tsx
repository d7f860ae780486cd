import { useTranslation } from 'react-i18next';

import { formatBytes, formatNumber } from '#renderer/i18n/format.ts';

/** A size for people; the exact number of bytes on hover. */
export function Bytes({ value }: { readonly value: number }) {
  const { i18n } = useTranslation();
  return <span title={`${formatNumber(value, i18n.language)} B`}>{formatBytes(value, i18n.language)}</span>;
}
