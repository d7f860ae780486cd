import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceQuery, queryKeys } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { deviceName } from '#renderer/components/device-name.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

type Props = { readonly device: Device; readonly isOpen: boolean; readonly onClose: () => void };

/** Removes a virtual device that was added: unlike a phone, it does not come back. */
export function RemoveVirtualDevice({ device, isOpen, onClose }: Props) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const name = deviceName(device);
  const { appId, deviceId } = device;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('remove.title', { name })}
      confirmLabel={t('remove.confirm', { name })}
      isDestructive
      onConfirm={async () => {
        await api.simulator.remove({ appId, deviceId });
        navigate('/devices');
        announce(t('remove.done', { name }));
        queryClient.removeQueries({ queryKey: deviceQuery(api, appId, deviceId).queryKey });
        await queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) });
      }}
    >
      <p>{t('remove.body')}</p>
    </ConfirmDialog>
  );
}
