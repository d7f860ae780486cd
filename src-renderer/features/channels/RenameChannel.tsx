import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import { nameProblem } from './channel-name.ts';
import { ChannelNameInput } from './ChannelNameInput.tsx';

type Props = {
  readonly channel: Channel;
  readonly channels: readonly Channel[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

export function RenameChannel(props: Props) {
  const { t } = useTranslation('channels');
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t('rename.title', { name: props.channel.name })}>
      <RenameForm {...props} />
    </FormDialog>
  );
}

function RenameForm({ channel, channels, onClose }: Props) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { appId, id } = channel;
  const sync = useChannelSync(appId);
  const { data: devices } = useQuery(deviceListQuery(api, appId));
  const [typed, setTyped] = useState(channel.name);
  const name = typed.trim();
  const others = channels.filter((other) => other.id !== id).map((other) => other.name);
  const problem = nameProblem(name, others);
  const asking = devices?.filter(({ requestedChannel }) => requestedChannel === channel.name).length ?? 0;
  return (
    <DialogForm
      action={t('rename.confirm')}
      isReady={name !== '' && name !== channel.name && problem === null}
      onClose={onClose}
      onSubmit={async () => {
        await api.channels.rename({ appId, channel: id, newName: name });
        await sync();
        announce(t('rename.done', { name }));
        onClose();
      }}
    >
      <ChannelNameInput value={typed} problem={problem} onChange={setTyped} />
      {devices !== undefined && (
        <p>{asking === 0 ? t('rename.hintNone') : t('rename.hint', { count: asking, name: channel.name })}</p>
      )}
    </DialogForm>
  );
}
