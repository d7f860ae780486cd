import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import { WhyPanel } from './WhyPanel.tsx';

import styles from './WhyDrawer.module.css';

type Props = {
  readonly appId: string;
  /** The device that is asked about; null while the drawer is closed. */
  readonly device: { readonly deviceId: string; readonly name: string } | null;
  readonly onClose: () => void;
};

/** Why? beside a list: what the device would be answered, without leaving the list. */
export function WhyDrawer({ appId, device, onClose }: Props) {
  const { t } = useTranslation(['trace', 'common']);
  return (
    <Drawer
      opened={device !== null}
      onClose={onClose}
      position="right"
      size="36rem"
      title={t('whyOf', { name: device?.name ?? '' })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {device !== null && (
        <div className={styles.body}>
          <WhyPanel appId={appId} deviceId={device.deviceId} isFull />
          <Link href={`/devices/${encodeURIComponent(device.deviceId)}`} onClick={onClose}>
            {t('openDevice', { name: device.name })}
          </Link>
        </div>
      )}
    </Drawer>
  );
}
