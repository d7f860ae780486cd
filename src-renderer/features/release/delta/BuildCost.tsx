import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Cost } from '#contract/models/delta.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { isEnded, useJobsStore } from '#renderer/stores/jobs-store.ts';

import { CostView } from './CostView.tsx';

import reviewStyles from '../review/ReviewSheet.module.css';

/** What a build will cost each device, told before it is published. */
export function BuildCost({ cost: { data, error, refetch } }: { readonly cost: UseQueryResult<Cost> }) {
  const { t } = useTranslation('delta');
  // One sheet is open at a time, so one such job runs.
  const progress = useJobsStore(({ jobs }) => {
    const running = [...jobs.values()].find((job) => job.kind === 'cost' && !isEnded(job));
    return running?.progress ?? null;
  });
  return (
    <section className={reviewStyles.part}>
      <div className={reviewStyles.partHead}>
        <h3>{t('title')}</h3>
      </div>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <CostView cost={data} />}
      {data === undefined && error === null && (
        <div className={reviewStyles.progress}>
          <span>{t('working')}</span>
          <ProgressBar value={progress} label={t('working')} />
        </div>
      )}
    </section>
  );
}
