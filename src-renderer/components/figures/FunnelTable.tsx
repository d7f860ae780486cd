import { useTranslation } from 'react-i18next';

import type { Funnel } from '#contract/models/figures.ts';
import { formatNumber } from '#renderer/i18n/format.ts';

import { StateWord, type Tone } from '../StateWord.tsx';

import styles from './Figures.module.css';

const steps = ['offered', 'downloaded', 'set', 'ready', 'failed', 'rolledBack'] as const satisfies (keyof Funnel)[];

const tones: Readonly<Record<(typeof steps)[number], Tone>> = {
  offered: 'neutral',
  downloaded: 'neutral',
  set: 'neutral',
  ready: 'success',
  failed: 'danger',
  rolledBack: 'danger',
};

/** How far updates got: bars for the eye, and the numbers of the same table for everyone. */
export function FunnelTable({ funnel, label }: { readonly funnel: Funnel; readonly label: string }) {
  const { t, i18n } = useTranslation('figures');
  const share = (count: number) => (funnel.offered === 0 ? 0 : count / funnel.offered);
  return (
    <table className={styles.table} aria-label={label}>
      <thead className={styles.hiddenHead}>
        <tr>
          <th scope="col">{t('column.step')}</th>
          <th scope="col">{t('column.share')}</th>
          <th scope="col">{t('column.updates')}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step) => {
          const count = funnel[step];
          const isTrouble = tones[step] === 'danger';
          return (
            <tr key={step} data-parted={step === 'failed' || undefined}>
              <th scope="row">
                {count > 0 && tones[step] !== 'neutral' ? (
                  <StateWord tone={tones[step]}>{t(`step.${step}`)}</StateWord>
                ) : (
                  <span className={styles.plain}>{t(`step.${step}`)}</span>
                )}
              </th>
              <td className={styles.barCell}>
                <span className={styles.track} aria-hidden="true">
                  <span
                    className={styles.bar}
                    data-kind={isTrouble ? 'trouble' : step === 'ready' ? 'good' : 'plain'}
                    style={{ width: `${share(count) * 100}%` }}
                  />
                </span>
                <span className={styles.share}>{formatNumber(Math.round(share(count) * 100), i18n.language)} %</span>
              </td>
              <td className={styles.number}>{formatNumber(count, i18n.language)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
