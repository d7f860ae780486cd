import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { z } from 'zod';

import type { WireError } from '#contract/errors.ts';
import type { Job } from '#contract/models/job.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { putJob, useJob, watchJob } from '#renderer/stores/jobs-store.ts';

export type JobRun<Result> = {
  readonly start: () => void;
  readonly isRunning: boolean;
  readonly job: Job | undefined;
  readonly result: Result | null;
  /** Why it could not start, or why it ended; what a person stopped is no failure. */
  readonly error: Error | WireError | null;
  readonly stop: () => void;
};

/** One kind of job from its button to its result, as long as the screen is there; the tray shows it everywhere. */
export function useJobRun<Schema extends z.ZodType>(
  begin: () => Promise<{ readonly jobId: string }>,
  schema: Schema,
): JobRun<z.output<Schema>> {
  const api = useApi();
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId);
  // Shown here: its end needs no note in the corner.
  useEffect(() => (jobId === null ? undefined : watchJob(jobId)), [jobId]);
  const start = useMutation({
    mutationFn: async () => {
      const started = await begin();
      setJobId(started.jobId);
      putJob(await api.jobs.get(started));
    },
  });
  const stop = useMutation({ mutationFn: (id: string) => api.jobs.cancel({ jobId: id }) });
  const parsed = job?.state === 'succeeded' ? schema.safeParse(job.result) : null;
  const failure = job?.error ?? null;
  return {
    start: () => start.mutate(),
    isRunning: start.isPending || job?.state === 'running',
    job,
    result: parsed?.success === true ? parsed.data : null,
    error: start.error ?? (failure?.code === 'CANCELLED' ? null : failure),
    stop: () => {
      if (jobId !== null) stop.mutate(jobId);
    },
  };
}
