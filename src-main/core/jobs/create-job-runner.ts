import { randomUUID } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import type { WireError } from '#contract/errors.ts';
import type { Job, JobStep } from '#contract/models/job.ts';

import { AppError, asStorageError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { Clock, Logger } from '../ports.ts';
import type { JobRepository } from '../storage/job-repository.ts';
import { toTimestamp } from '../storage/time.ts';
import type { JobContext, JobPlan, JobRunner } from './job-runner.ts';
import type { StepProgress } from './progress.ts';

/** At most ten `job.changed` a second for each job. */
const EVENT_INTERVAL_MS = 100;
const KEPT_JOBS = 200;

type Draft = { -readonly [Key in keyof Job]: Job[Key] };

type RunningJob = {
  readonly abort: AbortController;
  readonly ended: Promise<Job>;
};

export type JobRunnerDeps = {
  readonly repository: JobRepository;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Runs jobs and keeps their history. Disposing cancels what runs and waits for its end. */
export function createJobRunner({ repository, events, clock, logger }: JobRunnerDeps): JobRunner & AsyncDisposable {
  /** Newest first, ended ones of earlier processes included. */
  let jobs = new Map<string, Job>(repository.list().map((job) => [job.jobId, job]));
  const running = new Map<string, RunningJob>();

  function get(jobId: string): Job {
    const job = jobs.get(jobId);
    if (!job) throw new AppError('JOB_NOT_FOUND', { jobId });
    return job;
  }

  function forgetOldest(): void {
    if (jobs.size <= KEPT_JOBS) return;
    jobs = new Map([...jobs].filter(([jobId], index) => index < KEPT_JOBS || running.has(jobId)));
    repository.prune(KEPT_JOBS);
  }

  return {
    start(plan, work) {
      const record = createRecord(plan, clock);
      // A job that cannot be written down is not started: the caller hears of the full disk.
      repository.save(record.snapshot());
      const jobId = record.draft.jobId;
      jobs = new Map([[jobId, record.snapshot()], ...jobs]);
      const announce = createAnnouncer((job) => events.emit('job.changed', job));
      let hasEnded = false;
      const changed = (): void => {
        // Work that was cancelled may still report from a thread.
        if (hasEnded) return;
        const job = record.snapshot();
        jobs.set(jobId, job);
        announce.soon(job);
      };

      const abort = new AbortController();
      const ended = runJob({ record, work, abort, changed, clock, logger }).then((job) => {
        hasEnded = true;
        running.delete(jobId);
        jobs.set(jobId, job);
        try {
          repository.save(job);
          forgetOldest();
        } catch (error) {
          logger.error({ err: error, jobId }, 'the end of a job could not be written down');
        }
        announce.last(job);
        return job;
      });
      running.set(jobId, { abort, ended });
      changed();
      return jobId;
    },
    async wait(jobId) {
      return (await running.get(jobId)?.ended) ?? get(jobId);
    },
    get,
    list: () => [...jobs.values()],
    cancel(jobId) {
      get(jobId);
      running.get(jobId)?.abort.abort(new AppError('CANCELLED'));
    },
    async [Symbol.asyncDispose]() {
      const ends = [...running.values()].map(({ abort, ended }) => {
        abort.abort(new AppError('CANCELLED'));
        return ended;
      });
      await Promise.all(ends);
    },
  };
}

type JobRecord = {
  readonly draft: Draft;
  readonly snapshot: () => Job;
  readonly beginStep: (name: string) => void;
  readonly reportStep: (name: string, progress: StepProgress) => void;
  readonly endStep: (name: string, durationMs: number) => void;
};

function createRecord(plan: JobPlan, clock: Clock): JobRecord {
  const totalWeight = plan.steps.reduce((sum, step) => sum + step.weight, 0) || 1;
  const steps: JobStep[] = plan.steps.map(({ name }) => ({ name, state: 'waiting', value: 0 }));
  const draft: Draft = {
    jobId: uuidv7(),
    kind: plan.kind,
    title: plan.title,
    appId: plan.appId ?? null,
    state: 'running',
    progress: 0,
    steps,
    error: null,
    result: null,
    startedAt: toTimestamp(clock.now()),
    endedAt: null,
  };

  function update(name: string, change: (step: JobStep) => JobStep): void {
    const index = steps.findIndex((step) => step.name === name);
    const step = steps[index];
    if (!step) throw new TypeError(`the job has no step ${name}`);
    steps[index] = change(step);
    const done = plan.steps.reduce((sum, { weight }, at) => sum + weight * (steps[at]?.value ?? 0), 0);
    draft.progress = Math.max(draft.progress, Math.min(1, done / totalWeight));
  }

  return {
    draft,
    snapshot: () => ({ ...draft, steps: [...steps] }),
    beginStep: (name) => update(name, (step) => ({ ...step, state: 'running' })),
    reportStep: (name, { done, total, unit }) =>
      update(name, (step) => {
        const value = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
        return { ...step, value: Math.max(step.value, value), done, ...(total > 0 ? { total } : {}), unit };
      }),
    endStep: (name, durationMs) => update(name, (step) => ({ ...step, state: 'done', value: 1, durationMs })),
  };
}

type CleanUp = () => Promise<void> | void;

type Run = {
  readonly record: JobRecord;
  readonly work: (job: JobContext) => Promise<unknown>;
  readonly abort: AbortController;
  readonly changed: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Never rejects. The job ends after its clean-up, so that "cancelled" means that nothing is left. */
async function runJob({ record, work, abort, changed, clock, logger }: Run): Promise<Job> {
  const { draft } = record;
  const { signal } = abort;
  const timings: Record<string, number> = {};
  const undos: CleanUp[] = [];
  const cleanUps: CleanUp[] = [];
  let failedUndos: readonly CleanUp[] = [];
  let keptResult: unknown = null;

  const context: JobContext = {
    jobId: draft.jobId,
    signal,
    async step(name, work) {
      signal.throwIfAborted();
      record.beginStep(name);
      changed();
      const startedAt = performance.now();
      const value = await work((progress) => {
        record.reportStep(name, progress);
        changed();
      });
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      timings[name] = durationMs;
      record.endStep(name, durationMs);
      changed();
      return value;
    },
    timings: () => ({ ...timings }),
    keepResult(result) {
      keptResult = result;
    },
    onUndo: (undo) => void undos.push(undo),
    onEnd: (cleanUp) => void cleanUps.push(cleanUp),
  };

  /** The last one first. Returns those that failed, in the order in which they were given. */
  async function runAll(actions: readonly CleanUp[]): Promise<CleanUp[]> {
    const failed: CleanUp[] = [];
    for (const action of actions.toReversed()) {
      try {
        await action();
      } catch (error) {
        logger.error({ err: error, jobId: draft.jobId }, 'the clean-up of a job failed');
        failed.unshift(action);
      }
    }
    return failed;
  }

  // Not in the caller's turn: `start` returns the id before anything happens.
  await Promise.resolve();
  let end: Pick<Job, 'state' | 'progress' | 'error' | 'result'>;
  try {
    const result = (await work(context)) ?? null;
    end = { state: 'succeeded', progress: 1, error: null, result };
  } catch (error) {
    failedUndos = await runAll(undos);
    const { progress } = draft;
    end = signal.aborted
      ? { state: 'cancelled', progress, error: { code: 'CANCELLED', params: {} }, result: null }
      : { state: 'failed', progress, error: toWireError(error, draft.jobId, logger), result: keptResult };
  }
  await runAll(cleanUps);
  // On a full disk rows cannot be taken back before the clean-up has made room.
  await runAll(failedUndos);
  return { ...record.snapshot(), ...end, endedAt: toTimestamp(clock.now()) };
}

function toWireError(error: unknown, jobId: string, logger: Logger): WireError {
  const known = asStorageError(error);
  if (known instanceof AppError) {
    logger.info({ err: error, jobId, code: known.code }, 'a job failed');
    return known.toWire();
  }
  const traceId = randomUUID();
  logger.error({ err: error, jobId, traceId }, 'a job failed unexpectedly');
  return { code: 'INTERNAL', params: {}, traceId };
}

/** Thins events out: the first at once, then one per interval, the last always. */
function createAnnouncer(send: (job: Job) => void): { soon(job: Job): void; last(job: Job): void } {
  let waiting: Job | undefined;
  let timer: NodeJS.Timeout | undefined;

  function sendWaiting(): void {
    timer = undefined;
    if (!waiting) return;
    send(waiting);
    waiting = undefined;
    timer = setTimeout(sendWaiting, EVENT_INTERVAL_MS);
  }

  return {
    soon(job) {
      waiting = job;
      if (timer === undefined) sendWaiting();
    },
    last(job) {
      clearTimeout(timer);
      waiting = undefined;
      send(job);
    },
  };
}
