import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '#contract/models/job.ts';
import { jobSchema } from '#contract/models/job.ts';

import { AppError } from '../app-error.ts';
import { createEventHub } from '../event-hub.ts';
import { silentLogger, systemClock, type Logger } from '../ports.ts';
import { openDatabase, type Database } from '../storage/database.ts';
import { createJobRepository } from '../storage/job-repository.ts';
import { createJobRunner } from './create-job-runner.ts';
import type { JobContext, JobPlan } from './job-runner.ts';

let dir: string;
let database: Database;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-jobs-'));
  database = openDatabase(join(dir, 'db'), dir);
});
afterEach(async () => {
  database[Symbol.dispose]();
  await rm(dir, { recursive: true, force: true });
});

const plan: JobPlan = {
  kind: 'zip',
  title: 'dist',
  steps: [
    { name: 'first', weight: 1 },
    { name: 'second', weight: 3 },
  ],
};

function setUp(logger: Logger = silentLogger) {
  const events = createEventHub(silentLogger);
  const seen: Job[] = [];
  events.subscribe(({ name, payload }) => {
    if (name === 'job.changed') seen.push(jobSchema.parse(payload));
  });
  const repository = createJobRepository(database);
  return { seen, repository, jobs: createJobRunner({ repository, events, clock: systemClock, logger }) };
}

describe('a job', () => {
  it('succeeds with its result, its steps done and timed, and is written down', async () => {
    const { jobs, repository } = setUp();
    const jobId = jobs.start({ ...plan, appId: 'com.example.app' }, async ({ step }) => {
      await step('first', () => Promise.resolve());
      return step('second', () => Promise.resolve({ files: 3 }));
    });
    expect(jobs.get(jobId)).toMatchObject({ state: 'running', progress: 0, result: null, endedAt: null });
    const job = await jobs.wait(jobId);
    expect(job).toMatchObject({ state: 'succeeded', progress: 1, result: { files: 3 }, error: null });
    expect(job.steps.map(({ state, value }) => [state, value])).toEqual([
      ['done', 1],
      ['done', 1],
    ]);
    expect(repository.list()).toEqual([job]);
  });

  it('fails with the code of its AppError, after its undos in reverse order and before "failed" is said', async () => {
    const { jobs, seen } = setUp();
    const order: string[] = [];
    const jobId = jobs.start(plan, ({ onUndo, onEnd }) => {
      onEnd(() => void order.push('end'));
      onUndo(() => void order.push('undo 1'));
      onUndo(async () => {
        await delay(20);
        order.push(`undo 2 while ${jobs.get(jobId).state}`);
      });
      throw new AppError('SOURCE_NOT_FOUND', { path: 'x' });
    });
    const job = await jobs.wait(jobId);
    expect(order).toEqual(['undo 2 while running', 'undo 1', 'end']);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'SOURCE_NOT_FOUND', params: { path: 'x' } } });
    expect(seen.at(-1)?.state).toBe('failed');
  });

  it('runs no undo when it succeeds, but its clean-up', async () => {
    const { jobs } = setUp();
    const order: string[] = [];
    const jobId = jobs.start(plan, ({ onUndo, onEnd }) => {
      onUndo(() => void order.push('undo'));
      onEnd(() => void order.push('end'));
      return Promise.resolve();
    });
    await jobs.wait(jobId);
    expect(order).toEqual(['end']);
  });

  it('goes on cleaning up when one clean-up fails', async () => {
    const { jobs } = setUp();
    let cleaned = false;
    const jobId = jobs.start(plan, ({ onEnd }) => {
      onEnd(() => void (cleaned = true));
      onEnd(() => {
        throw new Error('no');
      });
      return Promise.resolve();
    });
    expect((await jobs.wait(jobId)).state).toBe('succeeded');
    expect(cleaned).toBe(true);
  });

  it('tries an undo again that found no room, once the clean-up has made some', async () => {
    const { jobs } = setUp();
    const order: string[] = [];
    let isFull = true;
    const jobId = jobs.start(plan, ({ onUndo, onEnd }) => {
      onEnd(() => {
        isFull = false;
        order.push('end');
      });
      onUndo(() => void order.push('undo 1'));
      onUndo(() => {
        if (isFull) throw new AppError('DISK_FULL');
        order.push('undo 2');
      });
      throw new AppError('DISK_FULL');
    });
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'failed', error: { code: 'DISK_FULL' } });
    expect(order).toEqual(['undo 1', 'end', 'undo 2']);
  });

  it('keeps what explains a failure as its result', async () => {
    const { jobs } = setUp();
    const jobId = jobs.start(plan, ({ keepResult }) => {
      keepResult({ findings: ['x'] });
      throw new AppError('BUILD_HAS_ERRORS', { count: 1 });
    });
    expect((await jobs.wait(jobId)).result).toEqual({ findings: ['x'] });
  });

  it('turns what nobody foresaw into INTERNAL with a trace id that is in the log', async () => {
    const logged: object[] = [];
    const { jobs } = setUp({ ...silentLogger, error: (fields) => void logged.push(fields) });
    const jobId = jobs.start(plan, () => Promise.reject(new TypeError('secret /path')));
    const { error } = await jobs.wait(jobId);
    expect(error).toMatchObject({ code: 'INTERNAL', params: {} });
    expect(logged).toEqual([expect.objectContaining({ traceId: error?.traceId, err: expect.any(TypeError) as Error })]);
  });

  it('turns "no space left" into DISK_FULL', async () => {
    const { jobs } = setUp();
    const jobId = jobs.start(plan, () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOSPC' })));
    expect((await jobs.wait(jobId)).error?.code).toBe('DISK_FULL');
  });
});

describe('cancelling', () => {
  it('aborts the signal and ends as cancelled once the undos ran', async () => {
    const { jobs } = setUp();
    let isUndone = false;
    const jobId = jobs.start(plan, async ({ signal, step, onUndo }) => {
      onUndo(() => void (isUndone = true));
      await step('first', () => delay(60_000, undefined, { signal }));
    });
    await delay(20);
    jobs.cancel(jobId);
    const job = await jobs.wait(jobId);
    expect(job).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    expect(isUndone).toBe(true);
  });

  it('lets no further step begin', async () => {
    const { jobs } = setUp();
    const begun: string[] = [];
    const jobId = jobs.start(plan, async ({ step }) => {
      await step('first', () => {
        begun.push('first');
        jobs.cancel(jobId);
        return Promise.resolve();
      });
      await step('second', () => Promise.resolve(begun.push('second')));
    });
    expect((await jobs.wait(jobId)).state).toBe('cancelled');
    expect(begun).toEqual(['first']);
  });

  it('comes too late for a job that did all its work: it succeeded', async () => {
    const { jobs } = setUp();
    const jobId = jobs.start(plan, async () => {
      await delay(20);
      return 'done';
    });
    jobs.cancel(jobId);
    expect(await jobs.wait(jobId)).toMatchObject({ state: 'succeeded', result: 'done' });
  });

  it('leaves ended jobs as they are, and does not know unknown ones', async () => {
    const { jobs } = setUp();
    const jobId = jobs.start(plan, () => Promise.resolve());
    await jobs.wait(jobId);
    jobs.cancel(jobId);
    expect(jobs.get(jobId).state).toBe('succeeded');
    expect(() => jobs.cancel('x')).toThrow('JOB_NOT_FOUND');
    expect(() => jobs.get('x')).toThrow('JOB_NOT_FOUND');
    await expect(jobs.wait('x')).rejects.toThrow('JOB_NOT_FOUND');
  });

  it('happens to every running job when the runner is closed, which waits for their clean-up', async () => {
    const { jobs } = setUp();
    const cleaned: number[] = [];
    const work = async ({ signal, onEnd }: JobContext): Promise<void> => {
      onEnd(async () => {
        await delay(20);
        cleaned.push(1);
      });
      await delay(60_000, undefined, { signal });
    };
    const ids = [jobs.start(plan, work), jobs.start(plan, work)];
    await delay(5);
    await jobs[Symbol.asyncDispose]();
    expect(cleaned).toHaveLength(2);
    expect(ids.map((jobId) => jobs.get(jobId).state)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('events', () => {
  it('come at most ten times a second, and the last is always sent and last', async () => {
    vi.useFakeTimers();
    try {
      const { jobs, seen } = setUp();
      const jobId = jobs.start(plan, async ({ step }) => {
        await step('first', async (report) => {
          for (let done = 1; done <= 500; done += 1) {
            report({ done, total: 500, unit: 'files' });
            if (done % 10 === 0) await new Promise((resolve) => void setTimeout(resolve, 10));
          }
        });
      });
      await vi.advanceTimersByTimeAsync(500);
      const job = await jobs.wait(jobId);
      await vi.advanceTimersByTimeAsync(1_000);
      // The start at once, one after each tenth of the half second that the work took, and the end.
      expect(seen.map(({ state }) => state)).toEqual([...Array<string>(seen.length - 1).fill('running'), 'succeeded']);
      expect(seen.length).toBeGreaterThanOrEqual(6);
      expect(seen.length).toBeLessThanOrEqual(7);
      expect(seen.at(-1)).toEqual(job);
    } finally {
      vi.useRealTimers();
    }
  });

  it('do not follow the end when cancelled work still reports', async () => {
    const { jobs, seen } = setUp();
    const late = Promise.withResolvers<() => void>();
    const jobId = jobs.start(plan, ({ step }) =>
      step('first', (report) => {
        late.resolve(() => report({ done: 1, total: 2, unit: 'bytes' }));
        throw new Error('over');
      }),
    );
    await jobs.wait(jobId);
    (await late.promise)();
    await delay(150);
    expect(seen.at(-1)?.state).toBe('failed');
    expect(jobs.get(jobId).state).toBe('failed');
  });

  it('never show progress going back or leaving 0..1, whatever is reported', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: -5, max: 50 }), fc.integer({ min: -1, max: 40 })), { maxLength: 30 }),
        async (reports) => {
          const { jobs } = setUp();
          const progress: number[] = [];
          const jobId = jobs.start(plan, async ({ step }) => {
            for (const name of ['first', 'second']) {
              await step(name, (report) => {
                for (const [done, total] of reports) {
                  report({ done, total, unit: 'bytes' });
                  progress.push(jobs.get(jobId).progress);
                }
                return Promise.resolve();
              });
            }
          });
          await jobs.wait(jobId);
          expect(progress).toEqual(progress.toSorted((a, b) => a - b));
          for (const value of progress) expect(value >= 0 && value <= 1).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the history', () => {
  it('keeps the last 200 ended jobs, newest first, over a restart', async () => {
    const { jobs } = setUp();
    const ids: string[] = [];
    for (let index = 0; index < 205; index += 1) {
      const jobId = jobs.start(plan, () => Promise.resolve(index));
      ids.push(jobId);
      await jobs.wait(jobId);
    }
    const expected = ids.toReversed().slice(0, 200);
    expect(jobs.list().map(({ jobId }) => jobId)).toEqual(expected);
    expect(
      setUp()
        .jobs.list()
        .map(({ jobId }) => jobId),
    ).toEqual(expected);
  });

  it('shows the jobs of a process that died as interrupted', () => {
    const { jobs, repository } = setUp();
    const jobId = jobs.start(plan, () => new Promise(() => undefined));
    repository.interruptRunning(Date.now());
    const after = setUp().jobs.get(jobId);
    expect(after).toMatchObject({ state: 'interrupted' });
    expect(after.endedAt).not.toBeNull();
  });
});
