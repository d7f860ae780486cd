import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { AnswerChange } from '#renderer/components/answers/AnswerChange.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { toTargetInput } from '#renderer/components/target/channel-target.ts';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import styles from './MakeLive.module.css';

type Props = { readonly release: Release; readonly isOpen: boolean; readonly onClose: () => void };

/** Points a channel at this release: says for whom that changes the answer, does it at once, and can take it back. */
export function MakeLive({ release, isOpen, onClose }: Props) {
  const { t } = useTranslation('channels');
  return (
    <FormDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('offer.liveTitle', { version: release.version })}
      size="34rem"
    >
      <MakeLiveForm release={release} onClose={onClose} />
    </FormDialog>
  );
}

function MakeLiveForm({ release, onClose }: Omit<Props, 'isOpen'>) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { appId, releaseId, version } = release;
  const { data: channels = [], error, refetch } = useQuery(channelListQuery(api, appId));
  const sync = useChannelSync(appId);
  const tellUndoable = useUndoable();
  const [chosen, setChosen] = useState<string | null>(null);
  const isOffered = ({ target }: Channel) => target.kind === 'release' && target.releaseId === releaseId;
  const channel =
    channels.find(({ id }) => `${id}` === chosen) ?? channels.find((each) => !isOffered(each)) ?? channels[0];
  const isSame = channel !== undefined && isOffered(channel);
  const target = { kind: 'release', release: releaseId } as const;
  return (
    <DialogForm
      action={t('offer.apply.release', { version, name: channel?.name ?? '' })}
      isReady={channel !== undefined && !isSame}
      onClose={onClose}
      onSubmit={async () => {
        if (channel === undefined) return;
        const ref = { appId, channel: channel.id };
        const before = toTargetInput(channel.target);
        await api.channels.setTarget({ ...ref, target });
        await sync();
        onClose();
        tellUndoable({
          message: t('offer.done.release', { name: channel.name, version }),
          undo: async () => {
            await api.channels.setTarget({ ...ref, target: before });
            await sync();
          },
        });
      }}
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <Select
        label={t('offer.liveChannel')}
        value={channel === undefined ? null : `${channel.id}`}
        data={channels.map(({ id, name }) => ({ value: `${id}`, label: name }))}
        allowDeselect={false}
        checkIconPosition="right"
        data-autofocus
        onChange={setChosen}
      />
      {channel !== undefined && (
        <div className={styles.effect}>
          {isSame ? (
            <p>{t('offer.liveAlready', { name: channel.name, version })}</p>
          ) : (
            <AnswerChange input={{ appId, channel: channel.id, target }} channel={channel.name} />
          )}
        </div>
      )}
    </DialogForm>
  );
}
