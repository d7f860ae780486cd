import { useMutation } from '@tanstack/react-query';

import type { Job } from '#contract/models/job.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { isEnded, putJob, useJobsStore } from '#renderer/stores/jobs-store.ts';

export type Sample = {
  readonly start: () => void;
  readonly isRunning: boolean;
  /** Why it could not even be started. */
  readonly error: Error | null;
};

/** Publishes the sample app and updates a virtual phone from it. */
export function useSample(): Sample {
  const api = useApi();
  const running = useRunningSample();
  const start = useMutation({
    mutationFn: () => api.sample.run({}),
    onSuccess: async ({ jobId }) => putJob(await api.jobs.get({ jobId })),
  });
  return { start: () => start.mutate(), isRunning: start.isPending || running !== undefined, error: start.error };
}

/** The sample's job while it runs, whoever started it. */
export function useRunningSample(): Job | undefined {
  return useJobsStore((state) => [...state.jobs.values()].find((job) => job.kind === 'sample' && !isEnded(job)));
}
