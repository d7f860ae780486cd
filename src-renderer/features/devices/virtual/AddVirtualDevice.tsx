import { NumberInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';
import { putJob } from '#renderer/stores/jobs-store.ts';
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
  return (
    <DialogForm
      action={t('add.action', { count })}
      isReady={isComplete(draft)}
      onClose={close}
      onSubmit={async () => {
        const made = await api.simulator.add({ appId, profile: toProfile(draft), count });
        const { jobId } = await api.simulator.run({ appId, deviceIds: made.map(({ deviceId }) => deviceId) });
        putJob(await api.jobs.get({ jobId }));
        announce(t('add.done', { count }));
        await queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) });
        close();
      }}
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
    </DialogForm>
  );
}
