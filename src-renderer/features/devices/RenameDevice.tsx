import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceQuery, queryKeys } from '#renderer/api/queries.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import dialog from '#renderer/components/dialog.module.css';

const MAX_LENGTH = 60;

type Props = { readonly device: Device; readonly isOpen: boolean; readonly onClose: () => void };

/** Gives a device a name of one's own. */
export function RenameDevice({ device, isOpen, onClose }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t('rename.title', { name: deviceName(device) })}
      size="26rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <RenameForm device={device} onClose={onClose} />
    </Modal>
  );
}

function RenameForm({ device, onClose }: Omit<Props, 'isOpen'>) {
  const { t } = useTranslation(['devices', 'common']);
  const api = useApi();
  const queryClient = useQueryClient();
  const [alias, setAlias] = useState(device.alias ?? '');
  const rename = useMutation({
    mutationFn: () => api.devices.rename({ appId: device.appId, deviceId: device.deviceId, alias: alias.trim() }),
    onSuccess(renamed) {
      queryClient.setQueryData(deviceQuery(api, device.appId, device.deviceId).queryKey, renamed);
      void queryClient.invalidateQueries({ queryKey: queryKeys.devices(device.appId) });
      announce(t('rename.done', { name: deviceName(renamed) }));
      onClose();
    },
  });
  return (
    <form
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate();
      }}
    >
      <TextInput
        label={t('rename.label')}
        description={t('rename.hint')}
        value={alias}
        maxLength={MAX_LENGTH}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setAlias(event.currentTarget.value)}
      />
      {rename.error !== null && <ErrorPanel error={rename.error} />}
      <div className={dialog.actions}>
        <Button onClick={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="filled" loading={rename.isPending}>
          {t('rename.action')}
        </Button>
      </div>
    </form>
  );
}
