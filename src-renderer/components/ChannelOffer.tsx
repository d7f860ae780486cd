import { useTranslation } from 'react-i18next';

import type { Channel, ChannelTarget } from '#contract/models/channel.ts';
import { formatShare } from '#renderer/i18n/format.ts';

import { StateWord } from './StateWord.tsx';

import styles from './ChannelOffer.module.css';

/** What a channel offers: a version, the built-in bundle, or nothing. */
export function TargetWord({ target }: { readonly target: ChannelTarget }) {
  const { t } = useTranslation('channels');
  if (target.kind === 'release') {
    return (
      <code className={styles.version} title={target.version}>
        {target.version}
      </code>
    );
  }
  return <span className={target.kind === 'none' ? styles.muted : undefined}>{t(`target.${target.kind}`)}</span>;
}

/** How far a rollout is; nothing when there is none. */
export function RolloutWord({ rollout }: Pick<Channel, 'rollout'>) {
  const { t, i18n } = useTranslation('channels');
  if (rollout === null) return <span className={styles.muted}>{t('rollout.none')}</span>;
  const state = !rollout.enabled ? 'off' : rollout.pausedAt === null ? 'running' : 'paused';
  const words = t(`rollout.${state}`, {
    version: rollout.version,
    percent: formatShare(rollout.percentageBps, i18n.language),
  });
  return <StateWord tone={{ off: 'neutral', running: 'info', paused: 'warning' }[state] as 'info'}>{words}</StateWord>;
}
