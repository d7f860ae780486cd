import type { Job, JobKind } from '#contract/models/job.ts';

import type { ReportProgress } from './progress.ts';

/** A named part of a job; weights say how much of the whole each takes. */
export type JobStepPlan = { readonly name: string; readonly weight: number };

/** What long work gets to say how far it is, to hear that it should stop, and to register its clean-up. */
export type JobContext = {
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** Runs one step: times it, reports it, ends it. */
  readonly step: <T>(name: string, work: (report: ReportProgress) => Promise<T>) => Promise<T>;
  /** Milliseconds per ended step. */
  readonly timings: () => Record<string, number>;
  /** What stands in the job's `result` should it fail: findings that explain the refusal. */
  readonly keepResult: (result: unknown) => void;
  /**
   * Registered before the work: runs in reverse order when the job fails or is cancelled, not when it succeeds. One that
   * fails is run again after what `onEnd` registered, which may have made the room that it lacked.
   */
  readonly onUndo: (undo: () => Promise<void> | void) => void;
  /** Runs in reverse order however the job ends. */
  readonly onEnd: (cleanUp: () => Promise<void> | void) => void;
};

export type JobPlan = {
  readonly kind: JobKind;
  readonly title: string;
  readonly appId?: string;
  readonly steps: readonly JobStepPlan[];
};

export type JobRunner = {
  /** Starts and returns at once; the outcome is in `get` and in `job.changed`. */
  start(plan: JobPlan, work: (job: JobContext) => Promise<unknown>): string;
  /** Waits for the end; resolves with the final job whatever its state. */
  wait(jobId: string): Promise<Job>;
  get(jobId: string): Job;
  list(): Job[];
  /** Aborts the job's signal. Ended jobs stay as they are. */
  cancel(jobId: string): void;
};
