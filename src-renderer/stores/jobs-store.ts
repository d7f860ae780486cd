import { create } from 'zustand';

import type { Job } from '#contract/models/job.ts';

/** Ended jobs kept for the tray. */
const KEPT_ENDED = 20;

type JobsState = {
  readonly jobs: ReadonlyMap<string, Job>;
  /** Jobs that a screen shows right now: their end needs no note in the corner. */
  readonly watched: ReadonlySet<string>;
};

export const useJobsStore = create<JobsState>(() => ({ jobs: new Map(), watched: new Set() }));

/** Takes a job in; an ended one never goes back to running, whatever arrives late. */
export function putJob(job: Job): void {
  useJobsStore.setState(({ jobs }) => ({ jobs: trimmed(withJob(jobs, job)) }));
}

/**
 * The core's own list, after a start or a reconnect. What ran and is unknown there has died with the old core, but for
 * jobs that were not heard of yet when the list was asked for: they may have begun since.
 */
export function replaceJobs(
  list: readonly Job[],
  askedWith: ReadonlyMap<string, Job> = useJobsStore.getState().jobs,
): void {
  useJobsStore.setState(({ jobs }) => {
    const known = new Set(list.map(({ jobId }) => jobId));
    let next: ReadonlyMap<string, Job> = new Map(
      [...jobs].map(([jobId, job]) => [
        jobId,
        isEnded(job) || known.has(jobId) || !askedWith.has(jobId)
          ? job
          : { ...job, state: 'interrupted', endedAt: new Date().toISOString() },
      ]),
    );
    for (const job of list) next = withJob(next, job);
    return { jobs: trimmed(next) };
  });
}

export function clearEndedJobs(): void {
  useJobsStore.setState(({ jobs }) => ({ jobs: new Map([...jobs].filter(([, job]) => !isEnded(job))) }));
}

/** Returns its own undo. */
export function watchJob(jobId: string): () => void {
  useJobsStore.setState(({ watched }) => ({ watched: new Set(watched).add(jobId) }));
  return () =>
    useJobsStore.setState(({ watched }) => ({ watched: new Set([...watched].filter((id) => id !== jobId)) }));
}

export function isEnded(job: Job): boolean {
  return job.state !== 'running';
}

function withJob(jobs: ReadonlyMap<string, Job>, job: Job): ReadonlyMap<string, Job> {
  const known = jobs.get(job.jobId);
  if (known && isEnded(known) && !isEnded(job)) return jobs;
  return new Map(jobs).set(job.jobId, job);
}

function trimmed(jobs: ReadonlyMap<string, Job>): ReadonlyMap<string, Job> {
  const ended = [...jobs.values()].filter(isEnded).toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  const tooMany = new Set(ended.slice(KEPT_ENDED).map((job) => job.jobId));
  return tooMany.size === 0 ? jobs : new Map([...jobs].filter(([jobId]) => !tooMany.has(jobId)));
}

/** One job as last heard of; undefined before the first word. */
export function useJob(jobId: string | null): Job | undefined {
  return useJobsStore((state) => (jobId === null ? undefined : state.jobs.get(jobId)));
}

/** Resolves when the job has ended, whatever its end; rejects only when the signal aborts. */
export function whenEnded(jobId: string, signal: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const job = useJobsStore.getState().jobs.get(jobId);
      if (!job || !isEnded(job)) return false;
      resolve(job);
      return true;
    };
    if (look()) return;
    const stop = useJobsStore.subscribe(() => {
      if (look()) stop();
    });
    signal.addEventListener(
      'abort',
      () => {
        stop();
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
