import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { channelPreviewQuery, type PreviewInput } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';

import { countChanged } from './answer-groups.ts';
import { AnswerGroups } from './AnswerGroups.tsx';

import styles from './AnswerChange.module.css';

type Props = {
  readonly input: PreviewInput;
  /** Name of the channel that changes. */
  readonly channel: string;
};

/** Before something changes: for how many devices, and which get what then. Polite, since it follows what is typed. */
export function AnswerChange({ input, channel }: Props) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { data, error, refetch } = useQuery(channelPreviewQuery(api, input));
  if (error !== null) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <p className={styles.asking}>{t('answers.asking')}</p>;
  const count = countChanged(data);
  const changed = data.devices.filter(({ isChanged }) => isChanged);
  return (
    <div className={styles.change}>
      <p className={styles.sentence} role="status">
        {data.devices.length === 0
          ? t('answers.none')
          : count === 0
            ? t('answers.noneAffected')
            : t('answers.affected', { count })}
      </p>
      {changed.length > 0 && <AnswerGroups devices={changed} channel={channel} />}
    </div>
  );
}
