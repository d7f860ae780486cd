import type { WireError } from '#contract/errors.ts';
import type { Job, JobStep } from '#contract/models/job.ts';

import type { Database } from './database.ts';
import { toNullableTimestamp, toTimestamp } from './time.ts';

type JobRow = Pick<Job, 'jobId' | 'kind' | 'title' | 'appId' | 'state'> & {
  readonly stepsJson: string;
  readonly errorJson: string | null;
  readonly resultJson: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
};

export type JobRepository = {
  /** Inserts or overwrites. */
  save(job: Job): void;
  /** Newest first. */
  list(): Job[];
  /** Drops the oldest ended jobs above `keep`. */
  prune(keep: number): void;
  /** Jobs of a process that died: they become `interrupted`. Returns how many. */
  interruptRunning(atMs: number): number;
};

export function createJobRepository(database: Database): JobRepository {
  return {
    save(job) {
      database.run(
        `INSERT OR REPLACE INTO jobs
           (job_id, kind, title, app_id, state, steps_json, error_json, result_json, started_at_ms, ended_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        job.jobId,
        job.kind,
        job.title,
        job.appId,
        job.state,
        JSON.stringify(job.steps),
        job.error === null ? null : JSON.stringify(job.error),
        job.result == null ? null : JSON.stringify(job.result),
        Date.parse(job.startedAt),
        job.endedAt === null ? null : Date.parse(job.endedAt),
      );
    },
    list: () =>
      database
        .all<JobRow>(
          `SELECT job_id AS jobId, kind, title, app_id AS appId, state, steps_json AS stepsJson, error_json AS errorJson,
                  result_json AS resultJson, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs
           FROM jobs ORDER BY started_at_ms DESC, rowid DESC`,
        )
        .map(toJob),
    prune(keep) {
      database.run(
        `DELETE FROM jobs WHERE state != 'running' AND job_id NOT IN
           (SELECT job_id FROM jobs ORDER BY started_at_ms DESC, rowid DESC LIMIT ?)`,
        keep,
      );
    },
    interruptRunning: (atMs) =>
      database.run(`UPDATE jobs SET state = 'interrupted', ended_at_ms = ? WHERE state = 'running'`, atMs).changes,
  };
}

function toJob({ stepsJson, errorJson, resultJson, startedAtMs, endedAtMs, ...rest }: JobRow): Job {
  const steps = JSON.parse(stepsJson) as JobStep[];
  const weights = steps.length === 0 ? 0 : steps.reduce((sum, step) => sum + step.value, 0) / steps.length;
  return {
    ...rest,
    progress: rest.state === 'succeeded' ? 1 : Math.min(1, weights),
    steps,
    error: errorJson === null ? null : (JSON.parse(errorJson) as WireError),
    result: resultJson === null ? null : (JSON.parse(resultJson) as unknown),
    startedAt: toTimestamp(startedAtMs),
    endedAt: toNullableTimestamp(endedAtMs),
  };
}
