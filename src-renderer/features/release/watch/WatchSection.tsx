import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { watchListQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { WatchDialog } from './WatchDialog.tsx';
import { WatchRow } from './WatchRow.tsx';

import styles from './WatchSection.module.css';

/** Folders that are published again whenever a build in them has settled: of one app, or of all before there is one. */
export function WatchSection({ appId }: { readonly appId: string | null }) {
  const { t } = useTranslation('watch');
  const api = useApi();
  const { data, error, refetch } = useQuery(watchListQuery(api));
  const watches = (data ?? []).filter((watch) => appId === null || watch.appId === appId);
  return (
    <Section
      title={t('title')}
      aside={
        <Button size="xs" leftSection={<Eye size={13} aria-hidden="true" />} onClick={() => openLayer('watch')}>
          {t('action')}
        </Button>
      }
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && watches.length === 0 && <p className={styles.none}>{t('none')}</p>}
      {watches.length > 0 && (
        <ul>
          {watches.map((watch) => (
            <WatchRow key={watch.watchId} watch={watch} />
          ))}
        </ul>
      )}
      <WatchDialog appId={appId ?? ''} />
    </Section>
  );
}
