import { ApiError } from '#contract/errors.ts';
import { inspectionSchema } from '#contract/models/finding.ts';
import type { Job } from '#contract/models/job.ts';

import type { CommandContext } from './context.ts';
import { RefusedBuild } from './failure.ts';
import { createProgressBar, type BarState } from './progress-bar.ts';
import type { Session } from './session.ts';

/** Events are hints: a job whose end was not announced (the stream broke) is found by asking. */
const POLL_MS = 1000;

/**
 * Starts a job, shows its progress, and waits for its end; an abort cancels it and waits until it has undone its work.
 * Resolves to its result. Rejects with `ApiError`, or `RefusedBuild` where findings explain the failure.
 */
export async function runJob(
  { api, transport }: Session,
  start: () => Promise<{ readonly jobId: string }>,
  { streams, signal }: Pick<CommandContext, 'streams' | 'signal'>,
): Promise<unknown> {
  if (signal.aborted) throw new ApiError({ code: 'CANCELLED', params: {} });
  using bar = createProgressBar(streams);
  using ends = new DisposableStack();
  let jobId: string | undefined;
  let wake: () => void = () => undefined;
  // Before the start, so that no event is missed; those of other jobs pass by.
  ends.defer(
    transport.subscribe((message) => {
      if (message.name !== 'job.changed' || message.payload.jobId !== jobId) return;
      bar.update(barStateOf(message.payload));
      if (message.payload.state !== 'running') wake();
    }),
  );
  ({ jobId } = await start());
  const startedId = jobId;

  const cancel = (): void => {
    // A host that is gone has ended its jobs; the next question says so.
    api.jobs.cancel({ jobId: startedId }).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel);
  ends.defer(() => signal.removeEventListener('abort', cancel));
  if (signal.aborted) cancel();

  for (;;) {
    const { promise: nextLook, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const job = await api.jobs.get({ jobId: startedId });
    if (job.state !== 'running') return resultOf(job);
    bar.update(barStateOf(job));
    const timer = setTimeout(resolve, POLL_MS);
    await nextLook;
    clearTimeout(timer);
  }
}

function resultOf(job: Job): unknown {
  if (job.state === 'succeeded') return job.result;
  const error = job.error ?? { code: 'CANCELLED', params: {} };
  const inspection = inspectionSchema.safeParse(job.result);
  throw inspection.success ? new RefusedBuild(error, inspection.data.findings) : new ApiError(error);
}

function barStateOf(job: Job): BarState {
  const step = job.steps.find(({ state }) => state === 'running');
  return {
    progress: job.progress,
    label: step?.name ?? job.kind,
    done: step?.done,
    total: step?.total,
    unit: step?.unit,
  };
}
