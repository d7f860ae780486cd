import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelPreviewQuery } from '#renderer/api/queries.ts';
import { AnswerGroups } from '#renderer/components/answers/AnswerGroups.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';

import type { RuleChange } from './rules.ts';

import styles from './AnswersSection.module.css';

/** Longer than between two keys of a version that is typed. */
export const SETTLE_MS = 250;

/** What the channel's devices would be answered now, with the changes that are not saved yet. */
export function AnswersSection({ channel, change }: { readonly channel: Channel; readonly change: RuleChange }) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const [settled] = useDebouncedValue(change, SETTLE_MS);
  const { data, error, refetch } = useQuery(
    channelPreviewQuery(api, { appId: channel.appId, channel: channel.id, change: settled }),
  );
  const isDraft = Object.keys(settled).length > 0;
  return (
    <Section title={t(isDraft ? 'answers.titleDraft' : 'answers.title')}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <p className={styles.intro}>
            {data.devices.length === 0 ? t('answers.none') : t('answers.intro', { count: data.devices.length })}
          </p>
          <AnswerGroups devices={data.devices} channel={channel.name} />
        </>
      )}
    </Section>
  );
}
