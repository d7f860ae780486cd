import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { deviceName } from '#renderer/components/device-name.ts';

import { DropDevice, type DropDeviceProps } from '../DropDevice.tsx';

/** Removes a virtual device that was added: unlike a phone, it does not come back. */
export function RemoveVirtualDevice(props: DropDeviceProps) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const { appId, deviceId } = props.device;
  const name = deviceName(props.device);
  const words = {
    title: t('remove.title', { name }),
    action: t('remove.confirm', { name }),
    done: t('remove.done', { name }),
  };
  return (
    <DropDevice {...props} words={words} onDrop={() => api.simulator.remove({ appId, deviceId })}>
      <p>{t('remove.body')}</p>
    </DropDevice>
  );
}
