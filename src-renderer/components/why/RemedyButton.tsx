import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { RemedyAction } from '#contract/models/activity.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, channelPreviewQuery } from '#renderer/api/queries.ts';

import { countChanged } from '../answers/answer-groups.ts';
import { ErrorPanel } from '../ErrorPanel.tsx';
import { TargetDialog } from '../target/TargetDialog.tsx';
import { remedyLabel } from './remedy-words.ts';
import { useRemedy } from './use-remedy.ts';

import styles from './RemedyButton.module.css';

type Props = { readonly appId: string; readonly deviceId: string; readonly action: RemedyAction };

/** Does what a rule suggests. What else it changes stands beside it; afterwards it can be taken back. */
export function RemedyButton({ appId, deviceId, action }: Props) {
  const { t } = useTranslation(['trace', 'devices', 'channels']);
  const api = useApi();
  const [isChoosing, setIsChoosing] = useState(false);
  const { data: channels } = useQuery(channelListQuery(api, appId));
  const apply = useMutation({ mutationFn: useRemedy(appId, deviceId) });
  const channel = 'channelId' in action ? channels?.find(({ id }) => id === action.channelId) : undefined;
  return (
    <div className={styles.remedy}>
      <div className={styles.line}>
        <Button
          variant="filled"
          size="xs"
          leftSection={<Wrench size={13} aria-hidden="true" />}
          loading={apply.isPending}
          disabled={action.kind === 'publish' && channel === undefined}
          onClick={() => {
            if (action.kind === 'publish') setIsChoosing(true);
            else apply.mutate(action);
          }}
        >
          {remedyLabel(action, t)}
        </Button>
        {action.kind === 'setChannel' && <SideEffect appId={appId} deviceId={deviceId} action={action} />}
      </div>
      {apply.error !== null && <ErrorPanel error={apply.error} />}
      {channel !== undefined && (
        <TargetDialog channel={channel} isOpen={isChoosing} onClose={() => setIsChoosing(false)} />
      )}
    </div>
  );
}

type SideEffectProps = Omit<Props, 'action'> & {
  readonly action: Extract<RemedyAction, { readonly kind: 'setChannel' }>;
};

/** A channel is not one device's own: who else gets another answer by it. */
function SideEffect({ appId, deviceId, action }: SideEffectProps) {
  const { t } = useTranslation('trace');
  const api = useApi();
  const { channelId, change } = action;
  const { data } = useQuery(channelPreviewQuery(api, { appId, channel: channelId, change }));
  if (data === undefined) return null;
  const others = countChanged({ devices: data.devices.filter((device) => device.deviceId !== deviceId) });
  return <span className={styles.effect}>{others === 0 ? t('onlyThis') : t('othersToo', { count: others })}</span>;
}
