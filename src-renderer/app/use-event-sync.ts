import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';

import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { startEventSync } from '#renderer/api/event-sync.ts';
import { addToIntake } from '#renderer/stores/intake-store.ts';
import { putJob, replaceJobs, useJobsStore } from '#renderer/stores/jobs-store.ts';
import { fileNameOf, isKeyFileName, openKeyImport } from '#renderer/stores/key-intake-store.ts';
import { setConnection } from '#renderer/stores/ui-store.ts';

/** Events into the caches and stores, and the jobs' list whenever the connection stands anew. */
export function useEventSync(): void {
  const api = useApi();
  const transport = useTransport();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  useEffect(
    () =>
      startEventSync({
        transport,
        queryClient,
        onMessage(message) {
          if (message.name === 'job.changed') putJob(message.payload);
          if (message.name === 'paths.opened') {
            takePaths(message.payload.paths, navigate);
          }
        },
        onConnection(state) {
          setConnection(state);
          if (state !== 'open') return;
          const askedWith = useJobsStore.getState().jobs;
          api.jobs.list({}).then(
            (jobs) => replaceJobs(jobs, askedWith),
            // The banner already says that the core cannot be reached; the next connection asks again.
            () => undefined,
          );
        },
      }),
    [api, transport, queryClient, navigate],
  );
}

/** Builds to their review, keys to their import. */
function takePaths(paths: readonly string[], navigate: (to: string) => void): void {
  const [keys, builds] = [paths.filter(isKeyPath), paths.filter((path) => !isKeyPath(path))];
  addToIntake(builds.map((path) => ({ kind: 'path', path })));
  if (keys.length === 0) return;
  navigate('/keys');
  openKeyImport(keys.map((path) => ({ kind: 'path', name: fileNameOf(path), path })));
}

function isKeyPath(path: string): boolean {
  return isKeyFileName(fileNameOf(path));
}
