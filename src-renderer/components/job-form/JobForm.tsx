import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DialogDone } from '#renderer/components/DialogDone.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { beginInside } from '#renderer/components/initial-focus.ts';
import { intoView } from '#renderer/components/into-view.ts';

import { RunningJob } from './RunningJob.tsx';
import type { JobRun } from './use-job-run.ts';

import dialog from '#renderer/components/dialog.module.css';

type Props = {
  readonly run: JobRun<unknown>;
  /** Of the job while it runs. */
  readonly label: string;
  readonly action: string;
  readonly isReady: boolean;
  readonly onClose: () => void;
  /** What is said at the end; false before. */
  readonly done: ReactNode;
  readonly children: ReactNode;
};

/** The form of a dialog whose button begins a job: its progress, its failure with everything that was entered, its result. */
export function JobForm({ run, label, action, isReady, onClose, done, children }: Props) {
  const { t } = useTranslation();
  if (run.result !== null) return <DialogDone onClose={onClose}>{done}</DialogDone>;
  return (
    <form
      ref={beginInside}
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !run.isRunning) run.start();
      }}
    >
      {children}
      {run.error !== null && (
        <div ref={intoView} className={dialog.failure}>
          <ErrorPanel error={run.error} />
        </div>
      )}
      <div className={dialog.foot}>
        <RunningJob run={run} label={label} />
        <div className={dialog.actions}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="filled" disabled={!isReady} loading={run.isRunning}>
            {action}
          </Button>
        </div>
      </div>
    </form>
  );
}
