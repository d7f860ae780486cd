import { afterEach, describe, expect, it } from 'vitest';

import { aJob } from '#renderer/testing/fixtures.ts';

import { putJob, replaceJobs, useJobsStore, whenEnded } from './jobs-store.ts';

afterEach(() => useJobsStore.setState(useJobsStore.getInitialState(), true));

describe('the jobs of the window', () => {
  it('never brings an ended job back to life, whatever arrives late', () => {
    putJob(aJob({ state: 'succeeded' }));
    putJob(aJob({ state: 'running', progress: 0.9 }));
    expect(useJobsStore.getState().jobs.get('j1')?.state).toBe('succeeded');
  });

  it('takes a job that a restarted core does not know for interrupted', async () => {
    putJob(aJob());
    const ended = whenEnded('j1', new AbortController().signal);
    replaceJobs([]);
    await expect(ended).resolves.toMatchObject({ state: 'interrupted' });
  });

  it('takes no job for dead that began while the list was on its way', () => {
    putJob(aJob({ jobId: 'before' }));
    const askedWith = useJobsStore.getState().jobs;
    putJob(aJob({ jobId: 'since' }));
    replaceJobs([], askedWith);
    const { jobs } = useJobsStore.getState();
    expect(jobs.get('before')?.state).toBe('interrupted');
    expect(jobs.get('since')?.state).toBe('running');
  });

  it('keeps the last twenty ended jobs and every running one', () => {
    putJob(aJob({ jobId: 'running' }));
    for (let index = 0; index < 30; index += 1) {
      const minute = String(index).padStart(2, '0');
      putJob(aJob({ jobId: `e${index}`, state: 'succeeded', startedAt: `2026-11-24T03:${minute}:00.000Z` }));
    }
    const { jobs } = useJobsStore.getState();
    expect(jobs.size).toBe(21);
    expect(jobs.has('running')).toBe(true);
    expect(jobs.has('e29')).toBe(true);
    expect(jobs.has('e9')).toBe(false);
  });
});
