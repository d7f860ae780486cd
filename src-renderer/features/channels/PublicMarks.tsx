import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { PlatformWord } from '#renderer/components/PlatformWord.tsx';

import { publicPlatforms } from './platforms.ts';

import styles from './PublicMarks.module.css';

/** The platforms whose devices get a channel without asking for it. */
export function PublicMarks({ channel }: { readonly channel: Channel }) {
  const { t } = useTranslation('channels');
  const platforms = publicPlatforms(channel);
  if (platforms.length === 0) return <span className={styles.none}>{t('notPublic')}</span>;
  return (
    <span className={styles.marks}>
      {platforms.map((platform) => (
        <PlatformWord key={platform} platform={platform} />
      ))}
    </span>
  );
}
