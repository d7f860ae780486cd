import { NumberInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '#contract/models/job.ts';
import { simulationReportSchema } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { FormDialog } from '#renderer/components/FormDialog.tsx';
import { JobForm } from '#renderer/components/job-form/JobForm.tsx';
import { useJobRun } from '#renderer/components/job-form/use-job-run.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { isComplete, newDraft, toProfile } from './profile-draft.ts';
import { ProfileFields } from './ProfileFields.tsx';

import styles from './virtual.module.css';

const MOST = 100;
const close = () => openLayer(null);

/** Adds virtual devices that stay, and runs them once: until they have asked, there is nothing to see of them. */
export function AddVirtualDevice({ appId }: { readonly appId: string }) {
  const { t } = useTranslation(['virtual', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'virtual-add');
  return (
    <FormDialog isOpen={isOpen} onClose={close} title={t('add.title')} size="34rem">
      <AddForm appId={appId} />
    </FormDialog>
  );
}

function AddForm({ appId }: { readonly appId: string }) {
  const { t } = useTranslation(['virtual', 'common']);
  const api = useApi();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(newDraft);
  const [count, setCount] = useState(1);
  const run = useJobRun(
    () => api.simulator.addAndRun({ appId, profile: toProfile(draft), count }),
    simulationReportSchema,
  );
  const isAdded = run.job !== undefined && hasAdded(run.job);
  const onAdded = useEffectEvent(() => {
    announce(t('add.done', { count }));
    close();
    void queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) });
  });
  useEffect(() => {
    if (isAdded) onAdded();
  }, [isAdded]);
  return (
    <JobForm
      // What they then do is told on their pages, not here.
      run={{ ...run, result: null }}
      label={t('add.reading')}
      action={t('add.action', { count })}
      isReady={isComplete(draft)}
      onClose={close}
      done={null}
    >
      <p className={styles.intro}>{t('add.intro')}</p>
      <ProfileFields appId={appId} draft={draft} onChange={setDraft} />
      <NumberInput
        label={t('count')}
        value={count}
        min={1}
        max={MOST}
        allowDecimal={false}
        clampBehavior="strict"
        maw="9rem"
        onChange={(value) => setCount(Number(value) || 1)}
      />
    </JobForm>
  );
}

/** Their cycle has begun, so they are there: the dialog is done, the rest goes on in the tray. */
function hasAdded({ state, steps }: Job): boolean {
  return state === 'succeeded' || steps.some(({ name, state }) => name === 'devices' && state !== 'waiting');
}
