import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { BuildSource } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { isEnded, useJobsStore } from '#renderer/stores/jobs-store.ts';

import { buildCostQuery } from './build-cost.ts';
import { CostView } from './CostView.tsx';

import reviewStyles from '../review/ReviewSheet.module.css';

/** An app's id is asked about once nobody types any more. */
const TYPING_MS = 400;

type Props = {
  readonly appId: string;
  readonly source: BuildSource;
  /** Tells one check of the build from the next, which weighs it again. */
  readonly attempt: number;
};

/** What a build will cost each device, told before it is published. */
export function BuildCost({ appId, source, attempt }: Props) {
  const { t } = useTranslation('delta');
  const api = useApi();
  const [settledAppId] = useDebouncedValue(appId, TYPING_MS);
  const { data, error, refetch } = useQuery(buildCostQuery(api, settledAppId, source, attempt));
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
