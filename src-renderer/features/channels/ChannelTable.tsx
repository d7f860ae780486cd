import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { RolloutWord, TargetWord } from '#renderer/components/ChannelOffer.tsx';
import { Health } from '#renderer/components/Health.tsx';
import { Tag } from '#renderer/components/Tag.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { channelHref } from './channel-route.ts';
import { PublicMarks } from './PublicMarks.tsx';

import table from '#renderer/components/table.module.css';
import styles from './ChannelTable.module.css';

/** One row per channel: what it offers, to whom, and how that goes. */
export function ChannelTable({ app, channels }: { readonly app: App; readonly channels: readonly Channel[] }) {
  const { t, i18n } = useTranslation('channels');
  const api = useApi();
  const { data: releases } = useQuery(releaseListQuery(api, app.appId));
  /** Of the release that is rolled out, which is the one in doubt; else of the one that is offered. */
  const healthOf = ({ rollout, target }: Channel) => {
    const releaseId = rollout?.releaseId ?? (target.kind === 'release' ? target.releaseId : null);
    return releases?.find((release) => release.releaseId === releaseId)?.health;
  };
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-label={t('label', { name: app.name })}>
        <thead>
          <tr>
            <th scope="col">{t('column.name')}</th>
            <th scope="col">{t('column.public')}</th>
            <th scope="col">{t('column.offers')}</th>
            <th scope="col">{t('column.rollout')}</th>
            <th scope="col" className={table.number}>
              {t('column.devices')}
            </th>
            <th scope="col" className={table.grow}>
              {t('column.health')}
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => {
            const health = healthOf(channel);
            return (
              <tr key={channel.id} className={table.linkRow}>
                <td>
                  <span className={styles.name}>
                    <Link href={channelHref(channel.id)} data-row-link title={channel.name}>
                      {channel.name}
                    </Link>
                    {channel.isDefault && <Tag title={t('defaultHint')}>{t('default')}</Tag>}
                  </span>
                </td>
                <td>
                  <PublicMarks channel={channel} />
                </td>
                <td>
                  <TargetWord target={channel.target} />
                </td>
                <td>
                  <RolloutWord rollout={channel.rollout} />
                </td>
                <td className={table.number}>{formatNumber(channel.deviceCount, i18n.language)}</td>
                <td className={table.grow}>{health !== undefined && <Health health={health} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
