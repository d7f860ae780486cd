import { queryOptions } from '@tanstack/react-query';

import type { ApiClient } from '#contract/api.ts';
import { ApiError } from '#contract/errors.ts';
import { costSchema } from '#contract/models/delta.ts';
import type { BuildSource } from '#contract/models/release.ts';
import { putJob, whenEnded } from '#renderer/stores/jobs-store.ts';

/**
 * What devices will fetch of a build that is not published yet: a job, stopped when nobody waits for it any more.
 * `attempt` tells one check of the build from the next, which weighs it again.
 */
export function buildCostQuery(api: ApiClient, appId: string, source: BuildSource | null, attempt: number) {
  return queryOptions({
    queryKey: ['build-cost', appId, source, attempt],
    queryFn: async ({ signal }) => {
      if (source === null) throw new ApiError({ code: 'BAD_INPUT', params: { reason: 'no build' } });
      const { jobId } = await api.builds.cost({ appId, source });
      signal.addEventListener('abort', () => void api.jobs.cancel({ jobId }).catch(() => undefined), { once: true });
      if (signal.aborted) await api.jobs.cancel({ jobId });
      // The job may have ended before its first event came through.
      putJob(await api.jobs.get({ jobId }));
      const job = await whenEnded(jobId, signal);
      if (job.state !== 'succeeded') throw new ApiError(job.error ?? { code: 'CANCELLED', params: {} });
      return costSchema.parse(job.result);
    },
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
}
