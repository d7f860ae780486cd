import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { formatNumber } from '#renderer/i18n/format.ts';

import styles from './RolloutSection.module.css';

type Props = { readonly channel: Channel; readonly basisPoints: number };

/** What a share comes to on the devices of the channel. About, since each device is drawn by itself. */
export function ShareSentence({ channel, basisPoints }: Props) {
  const { t, i18n } = useTranslation('channels');
  const { deviceCount } = channel;
  const chosen = Math.round((deviceCount * basisPoints) / 10_000);
  return (
    <p className={styles.muted}>
      {deviceCount === 0
        ? t('roll.aboutNone')
        : t('roll.about', { count: deviceCount, chosen: formatNumber(chosen, i18n.language) })}
    </p>
  );
}
