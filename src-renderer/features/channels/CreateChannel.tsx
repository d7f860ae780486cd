import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import { nameProblem } from './channel-name.ts';
import { channelHref } from './channel-route.ts';
import { ChannelNameInput } from './ChannelNameInput.tsx';

type Props = {
  readonly app: App;
  readonly channels: readonly Channel[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

export function CreateChannel(props: Props) {
  const { t } = useTranslation('channels');
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t('create.title', { app: props.app.name })}>
      <CreateForm {...props} />
    </FormDialog>
  );
}

function CreateForm({ app, channels, onClose }: Props) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const [, navigate] = useLocation();
  const sync = useChannelSync(app.appId);
  const [typed, setTyped] = useState('');
  const name = typed.trim();
  const problem = nameProblem(
    name,
    channels.map((channel) => channel.name),
  );
  return (
    <DialogForm
      action={t('create.confirm')}
      isReady={name !== '' && problem === null}
      onClose={onClose}
      onSubmit={async () => {
        const { channel } = await api.channels.create({ appId: app.appId, name });
        await sync();
        announce(t('create.done', { name }));
        onClose();
        navigate(channelHref(channel.id));
      }}
    >
      <p>{t('create.intro')}</p>
      <ChannelNameInput value={typed} problem={problem} onChange={setTyped} />
    </DialogForm>
  );
}
