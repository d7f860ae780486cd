import { NumberInput, Radio, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FaultName } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { virtualDeviceListQuery } from '#renderer/api/queries.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';
import { putJob } from '#renderer/stores/jobs-store.ts';
import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { FaultSelect } from './FaultSelect.tsx';
import { isComplete, newDraft, toProfile } from './profile-draft.ts';
import { ProfileFields } from './ProfileFields.tsx';

const MOST = 1000;
const close = () => openLayer(null);

/** Lets many virtual devices make a cycle: those that were added, or others for this run. */
export function RunVirtualDevices({ appId }: { readonly appId: string }) {
  const { t } = useTranslation(['virtual', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'virtual-run');
  return (
    <FormDialog isOpen={isOpen} onClose={close} title={t('run.title')} size="34rem">
      <RunForm appId={appId} />
    </FormDialog>
  );
}

function RunForm({ appId }: { readonly appId: string }) {
  const { t } = useTranslation(['virtual', 'common']);
  const api = useApi();
  const { data: kept = [] } = useQuery(virtualDeviceListQuery(api, appId));
  const [wantsPassing, setWantsPassing] = useState(false);
  const [draft, setDraft] = useState(newDraft);
  const [devices, setDevices] = useState(10);
  const [fault, setFault] = useState<FaultName | null>(null);
  const [isRealTime, setIsRealTime] = useState(false);
  const isPassing = wantsPassing || kept.length === 0;
  const count = isPassing ? devices : kept.length;
  return (
    <DialogForm
      action={t('run.action', { count })}
      isReady={!isPassing || isComplete(draft)}
      onClose={close}
      onSubmit={async () => {
        const options = { ...(fault === null ? {} : { fault: { name: fault } }), isRealTime };
        const { jobId } = isPassing
          ? await api.simulator.simulate({ appId, profile: toProfile(draft), devices, ...options })
          : await api.simulator.run({ appId, deviceIds: kept.map(({ deviceId }) => deviceId), ...options });
        putJob(await api.jobs.get({ jobId }));
        announce(t('run.started', { count }));
        close();
      }}
    >
      {kept.length > 0 && (
        <Radio.Group
          label={t('run.which')}
          value={isPassing ? 'passing' : 'kept'}
          onChange={(value) => setWantsPassing(value === 'passing')}
        >
          <Radio value="kept" label={t('run.kept', { count: kept.length })} mt="xs" />
          <Radio value="passing" label={t('run.passing')} mt="xs" />
        </Radio.Group>
      )}
      {isPassing && (
        <>
          <NumberInput
            label={t('run.devices')}
            value={devices}
            min={1}
            max={MOST}
            allowDecimal={false}
            clampBehavior="strict"
            maw="9rem"
            onChange={(value) => setDevices(Number(value) || 1)}
          />
          <ProfileFields appId={appId} draft={draft} onChange={setDraft} />
        </>
      )}
      <FaultSelect value={fault} onChange={setFault} />
      <Switch
        label={t('realTime')}
        description={t('realTimeHint')}
        checked={isRealTime}
        onChange={(event) => setIsRealTime(event.currentTarget.checked)}
      />
    </DialogForm>
  );
}
