import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { overrideOutlookQuery } from '#renderer/api/queries.ts';
import { answerTones, answerWords } from '#renderer/components/answers/answer-words.ts';
import type { OverrideInput } from '#renderer/components/override-input.ts';
import { StateWord } from '#renderer/components/StateWord.tsx';

import styles from './OverrideDialog.module.css';

/** What the device would be answered at its next check, before anything is decided for it. */
export function OverrideOutlook({ device, override }: { readonly device: Device; readonly override: OverrideInput }) {
  const { t } = useTranslation(['channels', 'devices']);
  const { data: explained, isError } = useQuery(overrideOutlookQuery(useApi(), device, override));
  // Setting it says what is wrong.
  if (isError) return null;
  if (!explained) return <p className={styles.outlook}>{t('devices:override.asking')}</p>;
  const { outcome, code, channel, release } = explained;
  const words = answerWords({ outcome, code, channel, version: release?.version ?? null }, channel ?? '', t);
  return (
    <p className={styles.outlook} role="status">
      {t('devices:override.outlook')}{' '}
      <StateWord isSentence tone={answerTones[outcome]}>
        {words}
      </StateWord>
    </p>
  );
}
