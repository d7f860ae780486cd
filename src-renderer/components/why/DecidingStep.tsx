import { useTranslation } from 'react-i18next';

import type { TraceStep } from '#contract/models/activity.ts';

import { decidingStep } from '../trace/deciding-step.ts';
import { ruleTitle } from '../trace/rule-title.ts';
import { StepText } from '../trace/StepText.tsx';
import { RemedyButton } from './RemedyButton.tsx';

import styles from './DecidingStep.module.css';

type Props = { readonly appId: string; readonly deviceId: string; readonly trace: readonly TraceStep[] };

/** The one rule that decided: its sentence, what can be changed, and the button that does it. */
export function DecidingStep({ appId, deviceId, trace }: Props) {
  const { t } = useTranslation(['trace', 'common']);
  const step = decidingStep(trace);
  if (step === undefined) return null;
  const { remedy, action } = step;
  return (
    <div className={styles.step} data-outcome={step.outcome}>
      <p className={styles.rule}>{t('decidedBy', { rule: ruleTitle(step.rule, t) })}</p>
      <p>
        <StepText step={step} part="detail" />
      </p>
      {remedy !== undefined && (
        <p>
          <strong>
            {t('remedy')}
            {t('common:colon')}
          </strong>{' '}
          <StepText step={step} part="remedy" />
        </p>
      )}
      {action !== undefined && <RemedyButton appId={appId} deviceId={deviceId} action={action} />}
    </div>
  );
}
