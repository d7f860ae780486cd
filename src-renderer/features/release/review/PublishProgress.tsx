import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { JobSteps } from '#renderer/components/JobSteps.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { useJob } from '#renderer/stores/jobs-store.ts';

import type { Publishing } from './publishing.ts';

import styles from './ReviewSheet.module.css';

/** A publish under way: its steps with what they count, and the way to stop it. */
export function PublishProgress({ publishing }: { readonly publishing: Publishing }) {
  const { t } = useTranslation('release');
  const api = useApi();
  const job = useJob(publishing.jobId);
  const cancel = useMutation({ mutationFn: () => api.jobs.cancel({ jobId: publishing.jobId }) });
  const title = t('review.publishing', { version: publishing.version, channel: publishing.channel });
  return (
    <>
      <div className={styles.body}>
        <div className={styles.part}>
          <div className={styles.progressWords}>
            <h3>{title}</h3>
            <span className={styles.muted}>{Math.floor((job?.progress ?? 0) * 100)} %</span>
          </div>
          <ProgressBar value={job?.progress ?? 0} label={title} />
          <JobSteps steps={job?.steps ?? []} />
        </div>
        {cancel.error !== null && <ErrorPanel error={cancel.error} />}
      </div>
      <footer className={styles.footer}>
        <p className={styles.reason}>{t('review.keepRunning')}</p>
        <Button loading={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
          {cancel.isSuccess ? t('review.cancelling') : t('review.cancelPublish')}
        </Button>
      </footer>
    </>
  );
}
