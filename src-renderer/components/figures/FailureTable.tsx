import { useTranslation } from 'react-i18next';

import { TRANSFER_BROKEN, type UpdateFigures } from '#contract/models/figures.ts';
import { statCause } from '#renderer/i18n/activity-text.ts';
import { formatNumber } from '#renderer/i18n/format.ts';

import { isKnownFailure } from '../failure-code.ts';
import { RelativeTime } from '../RelativeTime.tsx';

import styles from './Figures.module.css';

type Props = {
  readonly failures: UpdateFigures['failures'];
  readonly label: string;
  /** Shows the rows of a cause; without it, causes are words. */
  readonly onCause?: (cause: string) => void;
};

/** What updates failed of, and on how many devices. */
export function FailureTable({ failures, label, onCause }: Props) {
  const { t, i18n } = useTranslation('figures');
  const wordOf = useCauseWords();
  const most = Math.max(1, ...failures.map(({ devices }) => devices));
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('column.cause')}</th>
          <th className={styles.barCell} aria-hidden="true" />
          <th scope="col" className={styles.number}>
            {t('column.devices')}
          </th>
          <th scope="col" className={styles.number}>
            {t('column.last')}
          </th>
        </tr>
      </thead>
      <tbody>
        {failures.map(({ cause, devices, lastAt }) => (
          <tr key={cause}>
            <th scope="row" title={statCause(cause, null, i18n.language) ?? undefined}>
              {onCause === undefined ? (
                wordOf(cause)
              ) : (
                <button
                  type="button"
                  className={styles.cause}
                  aria-label={t('showCause', { cause: wordOf(cause) })}
                  onClick={() => onCause(cause)}
                >
                  {wordOf(cause)}
                </button>
              )}
            </th>
            <td className={styles.barCell} aria-hidden="true">
              <span className={styles.track}>
                <span className={styles.bar} data-kind="trouble" style={{ width: `${(devices / most) * 100}%` }} />
              </span>
            </td>
            <td className={styles.number}>{formatNumber(devices, i18n.language)}</td>
            <td className={`${styles.number} ${styles.muted}`}>
              <RelativeTime at={lastAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Devices may report anything: what nobody has words for is shown as it was sent. */
function useCauseWords(): (cause: string) => string {
  const { t } = useTranslation(['figures', 'devices']);
  return (cause) => {
    if (cause === TRANSFER_BROKEN) return t('transferBroken');
    return isKnownFailure(cause) ? t(`devices:failure.${cause}`) : cause;
  };
}
