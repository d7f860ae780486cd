import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { sampleResultSchema } from '#contract/models/job.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { JobSteps } from '#renderer/components/JobSteps.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { useJob, watchJob } from '#renderer/stores/jobs-store.ts';
import { chooseApp } from '#renderer/stores/ui-store.ts';

import { useRunningSample } from './use-sample.ts';

/** The sample while it runs on this screen; it ends on the page of its release, with the phone that took it. */
export function SampleProgress() {
  const { t } = useTranslation('release');
  const [, navigate] = useLocation();
  const running = useRunningSample();
  const [jobId, setJobId] = useState<string | null>(null);
  if (running !== undefined && running.jobId !== jobId) setJobId(running.jobId);
  const job = useJob(jobId);
  const result = job?.state === 'succeeded' ? sampleResultSchema.safeParse(job.result).data : undefined;

  useEffect(() => (jobId === null ? undefined : watchJob(jobId)), [jobId]);
  useEffect(() => {
    if (result === undefined) return;
    chooseApp(result.appId);
    navigate(`/release/${result.version}`);
  }, [result, navigate]);

  if (job === undefined || job.state === 'cancelled' || job.state === 'succeeded') return null;
  if (job.error !== null) return <ErrorPanel error={job.error} title={t('sample.failed')} />;
  return (
    <Section title={t('sample.title')}>
      <p>{t('sample.running')}</p>
      <ProgressBar value={job.progress} label={t('sample.title')} />
      <JobSteps steps={job.steps} />
    </Section>
  );
}
