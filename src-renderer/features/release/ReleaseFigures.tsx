import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { updateFiguresQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { FailureTable } from '#renderer/components/figures/FailureTable.tsx';
import { FunnelTable } from '#renderer/components/figures/FunnelTable.tsx';
import { Section } from '#renderer/components/Page.tsx';

import styles from './ReleasePage.module.css';

/** The longest time that figures are kept. */
const RANGE = '30d';

/** How far the release got on all devices together, and what it failed of. Nothing before its first offer. */
export function ReleaseFigures({ release }: { readonly release: Release }) {
  const { t } = useTranslation('figures');
  const api = useApi();
  const { appId, version } = release;
  const { data, error } = useQuery(updateFiguresQuery(api, { appId, version, range: RANGE }));
  if (error !== null) return <ErrorPanel error={error} />;
  if (data === undefined || data.total.offered === 0) return null;
  return (
    <Section title={t('forRelease')} aside={<span className={styles.muted}>{t(`rangeLong.${RANGE}`)}</span>}>
      <div className={styles.figures}>
        <FunnelTable funnel={data.total} label={t('forRelease')} />
        {data.failures.length > 0 && <FailureTable failures={data.failures} label={t('failures')} />}
      </div>
    </Section>
  );
}
