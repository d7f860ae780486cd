import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';

import { RunningRollout } from './RunningRollout.tsx';
import { StartRollout } from './StartRollout.tsx';

import styles from './RolloutSection.module.css';

/** A second release for a share of the devices. */
export function RolloutSection({ channel }: { readonly channel: Channel }) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { data: releases, error, refetch } = useQuery(releaseListQuery(api, channel.appId));
  const { rollout } = channel;
  return (
    <Section title={t('roll.title')}>
      <div className={styles.rollout}>
        {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {rollout === null ? (
          releases !== undefined && <StartRollout channel={channel} releases={releases} />
        ) : (
          <RunningRollout
            key={rollout.rolloutId}
            channel={channel}
            rollout={rollout}
            release={releases?.find(({ releaseId }) => releaseId === rollout.releaseId)}
          />
        )}
      </div>
    </Section>
  );
}
