import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';

import { AnswerChange } from '../answers/AnswerChange.tsx';
import { ErrorPanel } from '../ErrorPanel.tsx';
import { DialogForm, FormDialog } from '../FormDialog.tsx';
import { useUndoable } from '../use-undoable.tsx';
import { toTargetInput, type TargetInput } from './channel-target.ts';
import { TargetPicker } from './TargetPicker.tsx';

import styles from './TargetDialog.module.css';

type Props = { readonly channel: Channel; readonly isOpen: boolean; readonly onClose: () => void };

/** Points a channel at something else: says for whom that changes the answer, does it at once, and can take it back. */
export function TargetDialog({ channel, isOpen, onClose }: Props) {
  const { t } = useTranslation('channels');
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t('offer.dialogTitle', { name: channel.name })} size="38rem">
      <TargetForm channel={channel} onClose={onClose} />
    </FormDialog>
  );
}

function TargetForm({ channel, onClose }: Omit<Props, 'isOpen'>) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { appId, id, name } = channel;
  const releases = useQuery(releaseListQuery(api, appId));
  const sync = useChannelSync(appId);
  const tellUndoable = useUndoable();
  const [chosen, setChosen] = useState<TargetInput | null>(null);
  const now = toTargetInput(channel.target);
  const isSame = chosen !== null && JSON.stringify(chosen) === JSON.stringify(now);
  const versionOf = (target: TargetInput) =>
    target.kind === 'release'
      ? (releases.data?.find(({ releaseId }) => releaseId === target.release)?.version ?? target.release)
      : '';
  const action =
    chosen === null ? t('offer.chooseFirst') : t(`offer.apply.${chosen.kind}`, { name, version: versionOf(chosen) });
  return (
    <DialogForm
      action={action}
      isReady={chosen !== null && !isSame}
      onClose={onClose}
      onSubmit={async () => {
        if (chosen === null) return;
        await api.channels.setTarget({ appId, channel: id, target: chosen });
        await sync();
        onClose();
        tellUndoable({
          message: t(`offer.done.${chosen.kind}`, { name, version: versionOf(chosen) }),
          undo: async () => {
            await api.channels.setTarget({ appId, channel: id, target: now });
            await sync();
          },
        });
      }}
    >
      {releases.error !== null && <ErrorPanel error={releases.error} onRetry={() => void releases.refetch()} />}
      {releases.data !== undefined && (
        <TargetPicker releases={releases.data} now={channel.target} value={chosen} onChange={setChosen} />
      )}
      {chosen !== null && !isSame && (
        <div className={styles.effect}>
          <AnswerChange input={{ appId, channel: id, target: chosen }} channel={name} />
        </div>
      )}
    </DialogForm>
  );
}
