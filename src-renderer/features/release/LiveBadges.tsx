import { Radio } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StatusBadge } from '#renderer/components/StateWord.tsx';

import styles from './LiveBadges.module.css';

/** The channels that offer a release right now. */
export function LiveBadges({ channels }: { readonly channels: readonly string[] }) {
  const { t } = useTranslation(['release', 'common']);
  if (channels.length === 0) return <span className={styles.none}>{t('list.notLive')}</span>;
  return (
    <span className={styles.badges}>
      {channels.map((channel) => (
        <StatusBadge key={channel} tone="success" icon={Radio}>
          {t('common:live')} · {channel}
        </StatusBadge>
      ))}
    </span>
  );
}
