import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { startEventSync } from '#renderer/api/event-sync.ts';
import { addToIntake } from '#renderer/stores/intake-store.ts';
import { putJob, replaceJobs } from '#renderer/stores/jobs-store.ts';
import { setConnection } from '#renderer/stores/ui-store.ts';

/** Events into the caches and stores, and the jobs' list whenever the connection stands anew. */
export function useEventSync(): void {
  const api = useApi();
  const transport = useTransport();
  const queryClient = useQueryClient();
  useEffect(
    () =>
      startEventSync({
        transport,
        queryClient,
        onMessage(message) {
          if (message.name === 'job.changed') putJob(message.payload);
          if (message.name === 'paths.opened') {
            addToIntake(message.payload.paths.map((path) => ({ kind: 'path', path })));
          }
        },
        onConnection(state) {
          setConnection(state);
          if (state !== 'open') return;
          api.jobs.list({}).then(
            (jobs) => replaceJobs(jobs),
            // The banner already says that the core cannot be reached; the next connection asks again.
            () => undefined,
          );
        },
      }),
    [api, transport, queryClient],
  );
}
