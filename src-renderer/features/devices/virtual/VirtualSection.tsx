import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FaultName, VirtualDevice } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { ProgressBar } from '#renderer/components/ProgressBar.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { simulationTones } from '#renderer/components/simulation-tones.ts';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatBytes } from '#renderer/i18n/format.ts';
import { isEnded, putJob, useJob } from '#renderer/stores/jobs-store.ts';

import { FaultSelect } from './FaultSelect.tsx';
import { SimulationText } from './SimulationText.tsx';
import { VirtualChannel } from './VirtualChannel.tsx';

import styles from './virtual.module.css';

type LastRun = NonNullable<VirtualDevice['lastRun']>;

/** Runs a virtual device that was added, and shows what it did the last time. */
export function VirtualSection({ device }: { readonly device: VirtualDevice }) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const [fault, setFault] = useState<FaultName | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId);
  const isRunning = job !== undefined && !isEnded(job);
  const { appId, deviceId, lastRun } = device;
  const run = useMutation({
    mutationFn: async () => {
      const started = await api.simulator.run({
        appId,
        deviceIds: [deviceId],
        ...(fault === null ? {} : { fault: { name: fault } }),
      });
      putJob(await api.jobs.get(started));
      return started.jobId;
    },
    onSuccess: setJobId,
  });
  const error = run.error ?? job?.error ?? null;
  return (
    <Section title={t('section.title')}>
      <div className={styles.section}>
        <div className={styles.run}>
          <FaultSelect value={fault} onChange={setFault} />
          <Button
            variant="filled"
            leftSection={<Play size={14} aria-hidden="true" />}
            loading={run.isPending}
            disabled={isRunning}
            onClick={() => run.mutate()}
          >
            {isRunning ? t('section.running') : t('section.run')}
          </Button>
        </div>
        {isRunning && <ProgressBar value={job.progress} label={t('section.running')} />}
        {error !== null && <ErrorPanel error={error} />}
        <VirtualChannel device={device} />
        <Given device={device} />
        {lastRun === null ? <p className={styles.intro}>{t('section.never')}</p> : <LastCycle run={lastRun} />}
      </div>
    </Section>
  );
}

/** What it was made with, where it is not what every virtual device has. */
function Given({ device: { framework, builtin } }: { readonly device: VirtualDevice }) {
  const { t, i18n } = useTranslation('virtual');
  const bytes = formatBytes(builtin?.bytes ?? 0, i18n.language);
  return (
    <>
      {framework !== 'capacitor' && <p className={styles.hint}>{t(`frameworkHint.${framework}`)}</p>}
      {builtin !== null && (
        <p className={styles.hint}>{t('builtin.has', { name: builtin.name, count: builtin.files, bytes })}</p>
      )}
    </>
  );
}

function LastCycle({ run }: { readonly run: LastRun }) {
  const { t, i18n } = useTranslation('virtual');
  const { outcome, version, fault, requests, stats, bytes, reused, files } = run;
  const size = (value: number) => formatBytes(value, i18n.language);
  return (
    <>
      <div className={styles.last}>
        <StateWord tone={simulationTones[outcome]}>
          {t('section.lastRun', { outcome: t(`outcome.${outcome}`), version })}
        </StateWord>
        <RelativeTime at={run.at} />
        {fault !== null && <span>{t('section.withFault', { fault: t(`fault.${fault}`) })}</span>}
        <span>{t('section.traffic', { count: requests.length })}</span>
        <span>{t('section.stats', { count: stats.length })}</span>
        <span>{t('section.bytes', { bytes: size(bytes) })}</span>
        {reused > 0 && <span>{t('section.reused', { bytes: size(reused) })}</span>}
        {files !== undefined && <span>{t('section.files', files)}</span>}
      </div>
      <ol className={styles.steps} aria-label={t('section.steps')}>
        {run.steps.map((step) => (
          <li key={`${step.at} ${step.step} ${step.detail}`} className={styles.step}>
            <span className={styles.stepName}>{t(`step.${step.step}`)}</span>
            <span className={styles.detail}>
              <SimulationText {...step} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
