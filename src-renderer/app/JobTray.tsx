import { ActionIcon, Button, Popover, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Layers, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Job } from '#contract/models/job.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { clearEndedJobs, isEnded, useJobsStore } from '#renderer/stores/jobs-store.ts';
import { chooseApp } from '#renderer/stores/ui-store.ts';

import { jobTarget, jobTones } from './job-words.ts';

import styles from './JobTray.module.css';

/** Long work, wherever it was started: how far it is, and the way to stop it. */
export function JobTray() {
  const { t } = useTranslation('frame');
  const [isOpen, setIsOpen] = useState(false);
  const jobs = useJobsStore((state) => state.jobs);
  const sorted = [...jobs.values()].toSorted(
    (a, b) => Number(isEnded(a)) - Number(isEnded(b)) || b.startedAt.localeCompare(a.startedAt),
  );
  const running = sorted.filter((job) => !isEnded(job));
  const progress = running.length === 0 ? null : running.reduce((sum, job) => sum + job.progress, 0) / running.length;
  const label = running.length === 0 ? t('jobs.idle') : t('jobs.running', { count: running.length });

  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={360} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={styles.target} onClick={() => setIsOpen(!isOpen)}>
          <Layers size={15} aria-hidden="true" />
          <VisuallyHidden>{label}</VisuallyHidden>
          {progress !== null && (
            // The list says it to those who open it; a name that changes ten times a second helps nobody.
            <span aria-hidden="true">
              <span className={styles.percent}>{Math.floor(progress * 100)} %</span>
              <span className={styles.line} style={{ transform: `scaleX(${progress})` }} />
            </span>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown} aria-label={t('jobs.title')}>
        <div className={styles.head}>
          <h2 className={styles.title}>{t('jobs.title')}</h2>
          <Button
            size="xs"
            variant="subtle"
            disabled={sorted.length === running.length}
            onClick={clearEndedJobs}
            data-autofocus
          >
            {t('jobs.clear')}
          </Button>
        </div>
        {sorted.length === 0 ? (
          <p className={styles.none}>{t('jobs.none')}</p>
        ) : (
          <ul className={styles.list}>
            {sorted.map((job) => (
              <JobRow key={job.jobId} job={job} onLeave={() => setIsOpen(false)} />
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function JobRow({ job, onLeave }: { readonly job: Job; readonly onLeave: () => void }) {
  const { t, i18n } = useTranslation('frame');
  const api = useApi();
  const [, navigate] = useLocation();
  const target = jobTarget(job);
  const kind = t(`jobs.kind.${job.kind}`);
  const step = job.steps.find(({ state }) => state === 'running');
  const cancel = () => {
    api.jobs
      .cancel({ jobId: job.jobId })
      .catch((error: unknown) => announce(errorSentences(toWireError(error), i18n.language).message, 'assertive'));
  };
  return (
    <li className={styles.row}>
      <div className={styles.rowHead}>
        <span className={styles.kind}>{kind}</span>
        <span className={styles.subject} title={job.title}>
          {job.title}
        </span>
        {isEnded(job) ? (
          <StateWord tone={jobTones[job.state]}>{t(`jobs.state.${job.state}`)}</StateWord>
        ) : (
          <ActionIcon size="xs" onClick={cancel} aria-label={t('jobs.cancel', { title: `${kind} ${job.title}` })}>
            <X size={14} aria-hidden="true" />
          </ActionIcon>
        )}
      </div>
      {isEnded(job) ? (
        <div className={styles.rowFoot}>
          <span>{job.error !== null && errorSentences(job.error, i18n.language).message}</span>
          {target === null ? (
            <RelativeTime at={job.endedAt ?? job.startedAt} />
          ) : (
            <Button
              size="xs"
              variant="subtle"
              onClick={() => {
                chooseApp(target.appId);
                navigate(target.href);
                onLeave();
              }}
            >
              {t('jobs.open')}
            </Button>
          )}
        </div>
      ) : (
        <>
          <ProgressBar value={job.progress} label={`${kind} ${job.title}`} />
          <div className={styles.rowFoot}>
            <span>{step === undefined ? '' : stepName(step.name, t)}</span>
            <span>{Math.floor(job.progress * 100)} %</span>
          </div>
        </>
      )}
    </li>
  );
}

type FrameT = ReturnType<typeof useTranslation<'frame'>>['t'];

function stepName(name: string, t: FrameT): string {
  return t(`step.${name as 'pack'}`, { defaultValue: name });
}
