import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Key } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyProjectsQuery } from '#renderer/api/queries.ts';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { shortenMiddle } from '#renderer/i18n/format.ts';
import { chooseApp } from '#renderer/stores/ui-store.ts';

import styles from './KeyPage.module.css';

/** More rows of one kind say no more. */
const SHOWN = 8;

/** Releases, apps, projects and devices that a key belongs to. */
export function UsedBy({ keyOf }: { readonly keyOf: Key }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { data: projects = [] } = useQuery(keyProjectsQuery(api));
  const { releases, apps, devices } = keyOf.usedBy;
  const configs = projects.filter(({ keyId }) => keyId === keyOf.keyId).map(({ configPath }) => configPath);
  const rows = [
    {
      label: t('page.releases'),
      links: releases.map(({ appId, version }) => ({
        id: `${appId} ${version}`,
        appId,
        href: `/release/${encodeURIComponent(version)}`,
        words: `${appId} ${version}`,
      })),
    },
    { label: t('page.apps'), links: apps.map((appId) => ({ id: appId, appId, href: '/release', words: appId })) },
    {
      label: t('page.devices'),
      links: devices.map(({ appId, deviceId }) => ({
        id: `${appId} ${deviceId}`,
        appId,
        href: `/devices/${encodeURIComponent(deviceId)}`,
        words: shortenMiddle(deviceId, 16),
      })),
    },
  ].filter(({ links }) => links.length > 0);
  return (
    <Section title={t('page.usedBy')}>
      {rows.length + configs.length === 0 ? (
        <p className={styles.intro}>{t('page.unused')}</p>
      ) : (
        <KeyValue
          rows={[
            ...rows.map(({ label, links }) => ({ label, value: <UseList links={links} /> })),
            ...configs.map((path) => ({
              label: t('page.project'),
              value: <CopyText value={path} label={t('page.project')} keep={36} />,
            })),
          ]}
        />
      )}
    </Section>
  );
}

type UseLink = { readonly id: string; readonly appId: string; readonly href: string; readonly words: string };

function UseList({ links }: { readonly links: readonly UseLink[] }): ReactNode {
  const { t } = useTranslation('keys');
  const rest = links.length - SHOWN;
  return (
    <ul className={styles.uses}>
      {links.slice(0, SHOWN).map(({ id, appId, href, words }) => (
        <li key={id}>
          <Link href={href} onClick={() => chooseApp(appId)}>
            {words}
          </Link>
        </li>
      ))}
      {rest > 0 && <li>{t('page.more', { count: rest })}</li>}
    </ul>
  );
}
