import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Release } from '#contract/models/release.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { Health } from '#renderer/components/Health.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { LiveBadges } from './LiveBadges.tsx';
import { RecentBuilds } from './RecentBuilds.tsx';
import { EncryptedMark } from './ReleaseKey.tsx';

import table from '#renderer/components/table.module.css';

export function ReleaseTable({ app, releases }: { readonly app: App; readonly releases: readonly Release[] }) {
  const { t, i18n } = useTranslation(['release', 'delta']);
  return (
    <>
      <div className={table.scroll}>
        <table className={table.table} aria-label={t('list.label', { name: app.name })}>
          <thead>
            <tr>
              <th scope="col">{t('list.version')}</th>
              <th scope="col">{t('list.state')}</th>
              <th scope="col" className={table.grow}>
                {t('list.health')}
              </th>
              <th scope="col" className={table.number}>
                {t('list.size')}
              </th>
              <th scope="col" className={table.number}>
                {t('delta:list')}
              </th>
              <th scope="col" className={table.number}>
                {t('list.files')}
              </th>
              <th scope="col" className={table.number}>
                {t('list.created')}
              </th>
            </tr>
          </thead>
          <tbody>
            {releases.map((release) => (
              <tr key={release.releaseId} className={table.linkRow}>
                <td>
                  <Link
                    href={`/release/${release.releaseId}`}
                    data-row-link
                    className={table.name}
                    title={release.version}
                  >
                    {release.version}
                  </Link>
                  {release.keyId !== null && <EncryptedMark keyId={release.keyId} />}
                </td>
                <td>
                  <LiveBadges release={release} />
                </td>
                <td className={table.grow}>
                  <Health health={release.health} />
                </td>
                <td className={table.number}>
                  <Bytes value={release.size} />
                </td>
                <td className={table.number}>
                  {release.delta === null ? (
                    <span className={table.muted}>{t('delta:off')}</span>
                  ) : (
                    <Bytes value={release.delta.bytes} />
                  )}
                </td>
                <td className={table.number}>{formatNumber(release.files, i18n.language)}</td>
                <td className={`${table.number} ${table.muted}`}>
                  <RelativeTime at={release.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <RecentBuilds />
    </>
  );
}
