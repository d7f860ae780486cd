import { useTranslation } from 'react-i18next';

import type { AutoPause } from '#contract/models/channel.ts';
import { formatNumber, formatShare } from '#renderer/i18n/format.ts';

import { exampleOf } from './auto-pause.ts';

import styles from './AutoPauseSection.module.css';

/** The policy as a person would say it, with its numbers, and one case to picture. */
export function AutoPauseSentence({ policy }: { readonly policy: AutoPause }) {
  const { t, i18n } = useTranslation('channels');
  if (!policy.enabled) return <p className={styles.sentence}>{t('auto.offSentence')}</p>;
  if (policy.failureRateBps === null) return <p className={styles.sentence}>{t('auto.noRateSentence')}</p>;
  const number = (value: number) => formatNumber(value, i18n.language);
  const percent = (basisPoints: number) => formatShare(Math.round(basisPoints), i18n.language);
  const { attempts, failures } = exampleOf(policy);
  return (
    <div className={styles.sentence} role="status">
      <p>
        {t('auto.sentence', {
          attempts: number(policy.minAttempts ?? 1),
          failures: number(Math.max(policy.minFailures ?? 1, 1)),
          window: t('auto.minutes', { count: policy.windowMinutes }),
          confidence: percent(policy.confidence * 10_000),
          rate: percent(policy.failureRateBps),
          action: t(`auto.actionDoes.${policy.action}`),
          cooldown: t('auto.minutes', { count: policy.cooldownMinutes }),
        })}
      </p>
      <p>
        {failures === null
          ? t('auto.exampleNever', { attempts: number(attempts) })
          : t('auto.example', { attempts: number(attempts), failures: number(failures) })}
      </p>
    </div>
  );
}
