import { CircleCheck, CircleMinus, CircleX, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { TraceStep } from '#contract/models/activity.ts';

import { StateWord, type Tone } from '../StateWord.tsx';
import { ruleTitle } from './rule-title.ts';
import { StepText } from './StepText.tsx';

import styles from './TraceTable.module.css';

const looks: Readonly<Record<TraceStep['outcome'], readonly [Tone, LucideIcon]>> = {
  pass: ['success', CircleCheck],
  stop: ['warning', CircleX],
  skip: ['neutral', CircleMinus],
};

/** The rules of a decision in the order they were looked at, and what a person can change. */
export function TraceTable({ trace }: { readonly trace: readonly TraceStep[] }) {
  const { t } = useTranslation(['activity', 'trace']);
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>{t('detail.trace')}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('detail.outcome')}</th>
            <th scope="col">{t('detail.why')}</th>
          </tr>
        </thead>
        <tbody>
          {trace.map((step, index) => (
            // A rule may be looked at twice: its place is the key.
            // oxlint-disable-next-line react/no-array-index-key
            <StepRow key={`${index} ${step.rule}`} step={step} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StepRow({ step }: { readonly step: TraceStep }) {
  const { t } = useTranslation(['activity', 'trace', 'common']);
  const [tone, icon] = looks[step.outcome];
  const values = Object.entries(step.values);
  return (
    <tr data-outcome={step.outcome}>
      <td>
        <StateWord tone={tone} icon={icon}>
          {t(`step.${step.outcome}`)}
        </StateWord>
      </td>
      <td>
        <p className={styles.rule}>
          <RuleTitle rule={step.rule} /> <code>{step.rule}</code>
        </p>
        {step.outcome !== 'skip' && (
          <p>
            <StepText step={step} part="detail" />
          </p>
        )}
        {step.outcome !== 'skip' && values.length > 0 && (
          <p className={styles.values}>
            {values.map(([name, value]) => (
              <code key={name} className={styles.value}>
                {name}={value === null ? '—' : String(value)}
              </code>
            ))}
          </p>
        )}
        {step.remedy !== undefined && (
          <p className={styles.remedy}>
            <strong>
              {t('detail.remedy')}
              {t('common:colon')}
            </strong>{' '}
            <StepText step={step} part="remedy" />
          </p>
        )}
      </td>
    </tr>
  );
}

function RuleTitle({ rule }: { readonly rule: string }) {
  const { t } = useTranslation('trace');
  return <span className={styles.ruleTitle}>{ruleTitle(rule, t)}</span>;
}
