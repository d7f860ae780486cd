import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { createApiClient } from '#contract/client.ts';
import type { Reply } from '#contract/errors.ts';
import type { EventMessage } from '#contract/events.ts';
import type { Job } from '#contract/models/job.ts';

import { runJob } from './run-job.ts';
import type { Session } from './session.ts';

const jobId = 'j1';
const running: Job = {
  jobId,
  kind: 'publish',
  title: 'dist',
  appId: 'a.b',
  state: 'running',
  progress: 0.5,
  steps: [],
  error: null,
  result: null,
  startedAt: '2026-11-24T03:00:00.000Z',
  endedAt: null,
};

/** A core that knows one job, whose state the test sets. */
function fakeCore() {
  let job = running;
  let listener: ((message: EventMessage) => void) | undefined;
  const calls: string[] = [];
  const call = (path: string): Promise<Reply> => {
    calls.push(path);
    if (path === 'jobs.get') return Promise.resolve({ ok: true, value: job });
    return Promise.resolve({ ok: true, value: path === 'jobs.cancel' ? {} : { jobId } });
  };
  const session: Session = {
    api: createApiClient(call),
    transport: {
      call,
      subscribe(given) {
        listener = given;
        return () => (listener = undefined);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    session,
    calls,
    isFollowed: () => listener !== undefined,
    set(change: Partial<Job>, { silently = false } = {}) {
      job = { ...job, ...change };
      if (!silently) listener?.({ name: 'job.changed', payload: job });
    },
  };
}

const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
const start =
  ({ api }: Session) =>
  () =>
    api.sample.run({});

describe('runJob', () => {
  it('resolves to the result when the end is announced', async () => {
    const core = fakeCore();
    const outcome = runJob(core.session, start(core.session), { streams, signal: new AbortController().signal });
    await expect.poll(() => core.calls).toContain('jobs.get');
    core.set({ state: 'succeeded', result: { a: 1 } });
    expect(await outcome).toEqual({ a: 1 });
    expect(core.isFollowed()).toBe(false);
  });

  it('finds the end also when nothing announces it', async () => {
    const core = fakeCore();
    const outcome = runJob(core.session, start(core.session), { streams, signal: new AbortController().signal });
    await expect.poll(() => core.calls).toContain('jobs.get');
    core.set({ state: 'succeeded', result: 7 }, { silently: true });
    expect(await outcome).toBe(7);
  });

  it('cancels the job on a stop, and waits until it has undone its work', async () => {
    const core = fakeCore();
    const stop = new AbortController();
    const outcome = runJob(core.session, start(core.session), { streams, signal: stop.signal });
    await expect.poll(() => core.calls).toContain('jobs.get');
    stop.abort();
    await expect.poll(() => core.calls).toContain('jobs.cancel');
    core.set({ state: 'cancelled', error: { code: 'CANCELLED', params: {} } });
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('starts nothing after a stop', async () => {
    const core = fakeCore();
    const signal = AbortSignal.abort();
    await expect(runJob(core.session, start(core.session), { streams, signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(core.calls).toEqual([]);
  });

  it('rejects with the findings where they explain the failure', async () => {
    const core = fakeCore();
    const finding = { code: 'BUILD_EMPTY', severity: 'error', params: {} } as const;
    core.set({
      state: 'failed',
      error: { code: 'BUILD_HAS_ERRORS', params: { count: 1 } },
      result: {
        isPublishable: false,
        findings: [finding],
        summary: { files: 0, bytes: 0, root: '.', leftOut: 0, source: 'folder' },
        largest: [],
        project: null,
      },
    });
    const outcome = runJob(core.session, start(core.session), { streams, signal: new AbortController().signal });
    await expect(outcome).rejects.toMatchObject({ name: 'RefusedBuild', findings: [finding] });
  });

  it('calls a job that its host did not finish cancelled', async () => {
    const core = fakeCore();
    core.set({ state: 'interrupted' });
    const outcome = runJob(core.session, start(core.session), { streams, signal: new AbortController().signal });
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
