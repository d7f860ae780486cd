import type { TFunction } from 'i18next';

import type { Job } from '#contract/models/job.ts';
import { publishResultSchema } from '#contract/models/release.ts';
import { simulationReportSchema, type SimulationReport } from '#contract/models/virtual-device.ts';
import type { Tone } from '#renderer/components/StateWord.tsx';
import { errorSentences } from '#renderer/i18n/failure-text.ts';

export const jobTones = {
  running: 'running',
  succeeded: 'success',
  failed: 'danger',
  cancelled: 'neutral',
  interrupted: 'warning',
} as const satisfies Record<Job['state'], Tone>;

/** Where the result of a job can be looked at; null when there is nothing to see. */
export function jobTarget(job: Job): { readonly href: string; readonly appId: string } | null {
  if (job.state !== 'succeeded') return null;
  if (job.kind === 'simulate' && job.appId !== null) {
    const report = simulationReportSchema.safeParse(job.result).data;
    const only = report?.devices.length === 1 ? `/${encodeURIComponent(report.deviceId)}` : '';
    return { href: `/devices${only}`, appId: job.appId };
  }
  if (job.kind !== 'publish') return null;
  const result = publishResultSchema.safeParse(job.result);
  return result.success ? { href: `/release/${result.data.releaseId}`, appId: result.data.appId } : null;
}

/** One sentence for an ended job; null while it runs. */
export function endSentence(job: Job, t: TFunction<['frame', 'virtual']>, language: string): string | null {
  const kind = t(`jobs.kind.${job.kind}`);
  switch (job.state) {
    case 'running':
      return null;
    case 'succeeded': {
      const report = job.kind === 'simulate' ? simulationReportSchema.safeParse(job.result).data : undefined;
      if (report !== undefined) return simulationSentence(report, t);
      const published = job.kind === 'publish' ? publishResultSchema.safeParse(job.result) : undefined;
      return published?.success === true
        ? t('jobs.published', { version: published.data.version, channel: published.data.channel })
        : job.title === ''
          ? t('jobs.succeededPlain', { kind })
          : t('jobs.succeeded', { kind, title: job.title });
    }
    case 'cancelled':
      return job.title === '' ? t('jobs.cancelledPlain', { kind }) : t('jobs.cancelled', { kind, title: job.title });
    case 'failed':
    case 'interrupted':
      return t('jobs.failed', {
        kind,
        title: job.title,
        reason: job.error === null ? t(`jobs.state.${job.state}`) : errorSentences(job.error, language).message,
      });
  }
}

const outcomeNames = ['updated', 'up_to_date', 'blocked', 'failed'] as const;

function simulationSentence({ outcomes, devices }: SimulationReport, t: TFunction<['frame', 'virtual']>): string {
  const parts = outcomeNames
    .filter((name) => outcomes[name] > 0)
    .map((name) => t(`virtual:job.${name}`, { count: outcomes[name] }));
  return t('virtual:job.ended', { count: devices.length, outcomes: parts.join(', ') });
}
