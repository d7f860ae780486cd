import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';

import { channelSource, rolloutOf } from './channel-source.ts';

import styles from './ChannelCell.module.css';

/** The channel that decides for a device, where it comes from, and whether a rollout is at work. */
export function ChannelCell({ device }: { readonly device: Device }) {
  const { t } = useTranslation('devices');
  const api = useApi();
  const { data: channels } = useQuery(channelListQuery(api, device.appId));
  const { override } = device;
  if (override !== null && override.kind !== 'channel') {
    const words = t(`override.short.${override.kind}`, { version: 'version' in override ? override.version : '' });
    return (
      <span className={styles.cell} title={t('source.none')}>
        <strong className={styles.name}>{words}</strong>
      </span>
    );
  }
  const name = override?.channel ?? device.channel;
  if (name === null) return <span className={styles.source}>{t('serverDefault')}</span>;
  const source = channelSource(device);
  const rollout = rolloutOf(device, channels ?? []);
  // That a channel is public is the rule: only what is not so needs a word.
  const words = [
    source === 'public' || source === 'none' ? '' : t(`sourceWord.${source}`),
    rollout === null ? '' : t('sourceWord.rollout'),
  ];
  return (
    <span className={styles.cell} title={t(`source.${source}`, { asked: device.requestedChannel ?? '' })}>
      <span className={styles.name}>{name}</span>{' '}
      <span className={styles.source}>{words.filter(Boolean).join(' · ')}</span>
    </span>
  );
}
