import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { ProgressBar } from '#renderer/components/ProgressBar.tsx';

import type { JobRun } from './use-job-run.ts';

import styles from './JobForm.module.css';

/** A job under way with the way to stop it; nothing otherwise. */
export function RunningJob({ run, label }: { readonly run: JobRun<unknown>; readonly label: string }) {
  const { t } = useTranslation();
  if (!run.isRunning) return null;
  return (
    <div className={styles.running}>
      <span>{label}</span>
      <div className={styles.bar}>
        <ProgressBar value={run.job?.progress ?? 0} label={label} />
      </div>
      <Button size="xs" onClick={run.stop}>
        {t('stop')}
      </Button>
    </div>
  );
}
