import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { deviceName } from '#renderer/components/device-name.ts';

import { DropDevice, type DropDeviceProps } from './DropDevice.tsx';

/** Removes a device from the list, and says that it comes back by itself. */
export function ForgetDevice(props: DropDeviceProps) {
  const { t } = useTranslation('devices');
  const api = useApi();
  const { appId, deviceId } = props.device;
  const name = deviceName(props.device);
  const words = {
    title: t('forget.title', { name }),
    action: t('forget.action', { name }),
    done: t('forget.done', { name }),
  };
  return (
    <DropDevice {...props} words={words} onDrop={() => api.devices.forget({ appId, deviceId })}>
      <p>{t('forget.body')}</p>
      <p>{t('forget.back')}</p>
    </DropDevice>
  );
}
