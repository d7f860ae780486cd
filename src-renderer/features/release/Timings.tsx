import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';

import { formatDuration } from '#renderer/i18n/format.ts';

import styles from './ReleasePage.module.css';

/** How long each step of the publish took, and all of it. */
export function Timings({ timings }: { readonly timings: Readonly<Record<string, number>> }) {
  const { t, i18n } = useTranslation(['release', 'frame']);
  const steps = Object.entries(timings);
  const total = steps.reduce((sum, [, ms]) => sum + ms, 0);
  return (
    <dl className={styles.timing}>
      {steps.map(([name, ms]) => (
        <Fragment key={name}>
          <dt>{t(`frame:step.${name as 'pack'}`, { defaultValue: name })}</dt>
          <dd>{formatDuration(Math.round(ms), i18n.language)}</dd>
        </Fragment>
      ))}
      <dt className={styles.total}>{t('page.total')}</dt>
      <dd className={styles.total}>{formatDuration(Math.round(total), i18n.language)}</dd>
    </dl>
  );
}
