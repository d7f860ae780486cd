import { CircleCheck, CircleMinus, CircleX, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { TraceStep } from '#contract/models/activity.ts';
import { StateWord, type Tone } from '#renderer/components/StateWord.tsx';

import styles from './TraceTable.module.css';

const looks: Readonly<Record<TraceStep['outcome'], readonly [Tone, LucideIcon]>> = {
  pass: ['success', CircleCheck],
  stop: ['warning', CircleX],
  skip: ['neutral', CircleMinus],
};

/** The rules of a decision in the order they were looked at, and what a person can change. */
export function TraceTable({ trace }: { readonly trace: readonly TraceStep[] }) {
  const { t } = useTranslation('activity');
  return (
    <section className={styles.section}>
      <h2 className={styles.title}>{t('detail.trace')}</h2>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('detail.outcome')}</th>
            <th scope="col">{t('detail.why')}</th>
          </tr>
        </thead>
        <tbody>
          {trace.map((step, index) => {
            const [tone, icon] = looks[step.outcome];
            return (
              // A rule may be looked at twice: its place is the key.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={`${index} ${step.rule}`} data-outcome={step.outcome}>
                <td>
                  <StateWord tone={tone} icon={icon}>
                    {t(`step.${step.outcome}`)}
                  </StateWord>
                </td>
                <td>
                  <p>{step.detail}</p>
                  <code className={styles.rule}>{step.rule}</code>
                  {step.remedy !== undefined && (
                    <p className={styles.remedy}>
                      <strong>{t('detail.remedy')}:</strong> {step.remedy}
                    </p>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
