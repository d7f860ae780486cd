import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '#contract/models/job.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { isEnded, useJobsStore } from '#renderer/stores/jobs-store.ts';

import { endSentence } from './job-words.ts';

/** What the review sheet asks for is always watched, so it speaks for itself. */
const quiet: ReadonlySet<Job['kind']> = new Set(['inspect', 'cost']);

/** Longer than an answer takes, shorter than anybody waits. */
const ANSWER_MS = 250;

/**
 * Says when long work has ended: a note in the corner for what nobody watches, a spoken sentence for all of it.
 */
export function JobAnnouncer() {
  const { t, i18n } = useTranslation(['frame', 'common']);
  const jobs = useJobsStore((state) => state.jobs);
  const watched = useJobsStore((state) => state.watched);
  const running = useRef<ReadonlySet<string>>(new Set());

  useEffect(() => {
    for (const job of jobs.values()) {
      if (!isEnded(job) || !running.current.has(job.jobId) || quiet.has(job.kind)) continue;
      const sentence = endSentence(job, t, i18n.language);
      if (sentence === null) continue;
      const isFailure = job.state === 'failed' || job.state === 'interrupted';
      announce(sentence, isFailure ? 'assertive' : 'polite');
      if (!watched.has(job.jobId)) {
        const show = () =>
          notifications.show({
            message: sentence,
            color: isFailure ? 'red' : 'blue',
            autoClose: isFailure ? false : 8000,
            closeButtonProps: { 'aria-label': t('common:close') },
          });
        // Its end may come before the answer that tells the screen which job to watch.
        setTimeout(() => {
          if (!useJobsStore.getState().watched.has(job.jobId)) show();
        }, ANSWER_MS);
      }
    }
    running.current = new Set([...jobs.values()].filter((job) => !isEnded(job)).map((job) => job.jobId));
  }, [jobs, watched, t, i18n.language]);
  return null;
}
