import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { isKnownFailure } from '#renderer/components/failure-code.ts';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { adoptionOf } from './adoption.ts';

import table from '#renderer/components/table.module.css';
import styles from './ReleasePage.module.css';

/** Where the release is on each device, as it happens. */
export function ReleaseAdoption({ release }: { readonly release: Release }) {
  const { t } = useTranslation(['release', 'devices']);
  const api = useApi();
  const { data, error } = useQuery(deviceListQuery(api, release.appId));
  const adoption = adoptionOf(release.version, data ?? []);
  return (
    <Section title={t('page.adoption')}>
      {error !== null && <ErrorPanel error={error} />}
      {data !== undefined && adoption.length === 0 && (
        <p className={styles.muted}>
          {t('page.adoptionNone')} {release.liveOn.length > 0 && t('page.adoptionNoneLive')}
        </p>
      )}
      {adoption.length > 0 && (
        <div className={table.scroll}>
          <table className={table.table} aria-label={t('page.adoption')}>
            <thead>
              <tr>
                <th scope="col">{t('page.device')}</th>
                <th scope="col">{t('page.platform')}</th>
                <th scope="col" className={table.grow}>
                  {t('page.state')}
                </th>
                <th scope="col" className={table.number}>
                  {t('page.lastSeen')}
                </th>
              </tr>
            </thead>
            <tbody>
              {adoption.map(({ device, state, tone, percent, action }) => (
                <tr key={device.deviceId} className={table.linkRow}>
                  <td>
                    <Link
                      href={`/devices/${encodeURIComponent(device.deviceId)}`}
                      data-row-link
                      title={device.deviceId}
                    >
                      {deviceName(device)}
                    </Link>
                  </td>
                  <td>
                    {t(`page.platforms.${device.platform}`)}
                    {device.isVirtual && <span className={styles.muted}> · {t('page.virtual')}</span>}
                  </td>
                  <td className={table.grow}>
                    <StateWord tone={tone}>
                      {t(`page.adoptionState.${state}`, {
                        percent: percent ?? 0,
                        reason:
                          action !== null && isKnownFailure(action) ? t(`devices:failure.${action}`) : (action ?? ''),
                      })}
                    </StateWord>
                  </td>
                  <td className={`${table.number} ${table.muted}`}>
                    <RelativeTime at={device.lastSeenAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
