import { useQuery } from '@tanstack/react-query';
import { Radio, Split } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';
import { StatusBadge } from '#renderer/components/StateWord.tsx';
import { formatShare } from '#renderer/i18n/format.ts';

import styles from './LiveBadges.module.css';

/** The channels that offer a release right now, and those that roll it out, with how far. */
export function LiveBadges({ release }: { readonly release: Release }) {
  const { t, i18n } = useTranslation(['release', 'common']);
  const api = useApi();
  const { data: channels = [] } = useQuery(channelListQuery(api, release.appId));
  const rollouts = channels.flatMap(({ id, name, rollout }) =>
    rollout?.releaseId === release.releaseId ? [{ id, name, rollout }] : [],
  );
  if (release.liveOn.length === 0 && rollouts.length === 0) {
    return <span className={styles.none}>{t('list.notLive')}</span>;
  }
  return (
    <span className={styles.badges}>
      {release.liveOn.map((channel) => (
        <StatusBadge key={channel} tone="success" icon={Radio}>
          {t('common:live')} · {channel}
        </StatusBadge>
      ))}
      {rollouts.map(({ id, name, rollout }) => {
        const isRunning = rollout.enabled && rollout.pausedAt === null;
        return (
          <StatusBadge key={id} tone={isRunning ? 'info' : 'warning'} icon={Split}>
            {t(isRunning ? 'list.rollingOut' : 'list.rolloutPaused', {
              percent: formatShare(rollout.percentageBps, i18n.language),
              channel: name,
            })}
          </StatusBadge>
        );
      })}
    </span>
  );
}
