import { Button, Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import dialog from '#renderer/components/dialog.module.css';
import styles from './DeleteChannel.module.css';

/** More names say no more. */
const NAMED = 8;

type Props = {
  readonly app: App;
  readonly channel: Channel;
  readonly channels: readonly Channel[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** Deleting names who is affected; the default channel says why it stays. */
export function DeleteChannel(props: Props) {
  const { t } = useTranslation('channels');
  const { channel, isOpen, onClose } = props;
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t('delete.title', { name: channel.name })}>
      {channel.isDefault ? <Blocked {...props} /> : <DeleteForm {...props} />}
    </FormDialog>
  );
}

function Blocked({ app, channel, channels, onClose }: Props) {
  const { t } = useTranslation(['channels', 'common']);
  return (
    <div className={styles.blocked}>
      <p>
        {channels.length === 1 ? t('delete.onlyOne', { app: app.name }) : t('delete.isDefault', { name: channel.name })}
      </p>
      <div className={dialog.actions}>
        <Button onClick={onClose} data-autofocus>
          {t('common:close')}
        </Button>
      </div>
    </div>
  );
}

function DeleteForm({ app, channel, onClose }: Props) {
  const { t, i18n } = useTranslation('channels');
  const api = useApi();
  const [, navigate] = useLocation();
  const sync = useChannelSync(app.appId);
  const { data: devices } = useQuery(deviceListQuery(api, app.appId));
  const [isForced, setIsForced] = useState(false);
  const { id, name, deviceCount, overrideCount } = channel;
  const isTied = overrideCount > 0;
  const tied = devices?.filter(({ override }) => override?.kind === 'channel' && override.channelId === id) ?? [];
  return (
    <DialogForm
      action={t('delete.confirm', { name })}
      isReady={!isTied || isForced}
      isDestructive
      onClose={onClose}
      onSubmit={async () => {
        await api.channels.delete({ appId: app.appId, channel: id, force: isForced });
        announce(t('delete.done', { name }));
        navigate('/channels');
        await sync();
      }}
    >
      <p>{t('delete.body')}</p>
      <p>{deviceCount === 0 ? t('delete.unserved') : t('delete.served', { count: deviceCount })}</p>
      {isTied && (
        <>
          <p>{t('delete.tied', { names: namesOf(tied, i18n.language) })}</p>
          <Checkbox
            label={t('delete.force')}
            checked={isForced}
            onChange={(event) => setIsForced(event.currentTarget.checked)}
          />
        </>
      )}
    </DialogForm>
  );
}

function namesOf(devices: readonly Device[], language: string): string {
  const names = devices.slice(0, NAMED).map(deviceName);
  const rest = devices.length - names.length;
  return new Intl.ListFormat(language, { type: 'unit' }).format(rest > 0 ? [...names, `+${rest}`] : names);
}
