import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseCostQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';

import { CostView } from './CostView.tsx';

import styles from './CostView.module.css';

/** What a published release costs each device that does not run it yet. */
export function ReleaseCost({ release }: { readonly release: Release }) {
  const { t } = useTranslation('delta');
  const api = useApi();
  const { data, error, refetch } = useQuery(releaseCostQuery(api, release.appId, release.releaseId));
  return (
    <Section title={t('title')}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <div className={styles.waiting} /> : <CostView cost={data} />}
    </Section>
  );
}
