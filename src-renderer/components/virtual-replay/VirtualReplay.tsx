import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Bot } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { ActivityDetail } from '#contract/models/activity.ts';
import { simulationReportSchema } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { isEnded, putJob, useJob, watchJob } from '#renderer/stores/jobs-store.ts';

import { ErrorPanel } from '../ErrorPanel.tsx';
import { FormDialog } from '../FormDialog.tsx';
import { ProgressBar } from '../ProgressBar.tsx';
import { simulationTones } from '../simulation-tones.ts';
import { StateWord } from '../StateWord.tsx';
import { type CapturedFacts, readCapturedFacts, type ReplayPlan } from './captured-facts.ts';
import { ReplayForm } from './ReplayForm.tsx';

import styles from './VirtualReplay.module.css';

/** Offers to play the device of an update check again; nothing for other rows, and for what no virtual device can be. */
export function VirtualReplay({ detail }: { readonly detail: ActivityDetail }) {
  if (detail.kind !== 'update' || detail.appId === null) return null;
  const facts = readCapturedFacts(detail.request.body);
  return facts === null ? null : <Offered appId={detail.appId} rowId={detail.id} facts={facts} />;
}

type OfferedProps = { readonly appId: string; readonly rowId: number; readonly facts: CapturedFacts };

function Offered({ appId, rowId, facts }: OfferedProps) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [jobId, setJobId] = useState<string | null>(null);
  const close = () => setIsOpen(false);

  async function play({ profile, current }: ReplayPlan): Promise<void> {
    const made = await api.simulator.add({ appId, profile, count: 1, ...(current === null ? {} : { current }) });
    const started = await api.simulator.run({ appId, deviceIds: made.map(({ deviceId }) => deviceId) });
    putJob(await api.jobs.get(started));
    setJobId(started.jobId);
    close();
    announce(t('replay.started'));
    await queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) });
  }

  return (
    <>
      <Button
        size="xs"
        className={styles.button ?? ''}
        leftSection={<Bot size={13} aria-hidden="true" />}
        onClick={() => setIsOpen(true)}
      >
        {t('replay.action')}
      </Button>
      {jobId !== null && (
        <div className={styles.outcome}>
          <Outcome jobId={jobId} />
        </div>
      )}
      <FormDialog isOpen={isOpen} onClose={close} title={t('replay.title')} size="36rem">
        <ReplayForm appId={appId} rowId={rowId} facts={facts} onPlay={play} onClose={close} />
      </FormDialog>
    </>
  );
}

/** How the cycle goes, and where its steps are. */
function Outcome({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation('virtual');
  const job = useJob(jobId);
  // Shown here: its end needs no note in the corner.
  useEffect(() => watchJob(jobId), [jobId]);
  if (job === undefined) return null;
  if (!isEnded(job)) return <ProgressBar value={job.progress} label={t('replay.running')} />;
  if (job.error !== null) return <ErrorPanel error={job.error} />;
  const report = simulationReportSchema.safeParse(job.result).data;
  if (report === undefined) return null;
  const { outcome, version, deviceId } = report;
  return (
    <div className={styles.end} role="status">
      <StateWord tone={simulationTones[outcome]}>
        {t('section.lastRun', { outcome: t(`outcome.${outcome}`), version })}
      </StateWord>
      <Link href={`/devices/${encodeURIComponent(deviceId)}`}>{t('replay.steps')}</Link>
    </div>
  );
}
