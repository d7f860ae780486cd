import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { KeyValue, type KeyValueRow } from '#renderer/components/KeyValue.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';

import { KeyFitWord } from './KeyFitWord.tsx';
import { PluginVersion } from './PluginVersion.tsx';

/** What a device said about itself. What it did not say is left out. */
export function DeviceFacts({ device }: { readonly device: Device }) {
  const { t } = useTranslation(['devices', 'common']);
  const platform = t(`platform.${device.platform}`);
  const rows: readonly (KeyValueRow | null)[] = [
    {
      label: t('page.deviceId'),
      value: <CopyText value={device.deviceId} label={t('page.deviceId')} keep={18} />,
    },
    fact(t('page.customId'), device.customId),
    {
      label: t('page.platform'),
      value: device.osVersion ? t('page.os', { platform, version: device.osVersion }) : platform,
    },
    {
      label: t('page.kind'),
      value: t(device.isVirtual ? 'page.kindVirtual' : device.isEmulator ? 'page.kindEmulator' : 'page.kindReal'),
    },
    { label: t('page.build'), value: t(device.isProd ? 'page.production' : 'page.development') },
    fact(t('page.installSource'), device.installSource),
    fact(
      t('page.native'),
      device.nativeVersion && device.nativeCode
        ? t('page.nativeCode', { version: device.nativeVersion, code: device.nativeCode })
        : device.nativeVersion,
    ),
    fact(
      t('page.bundle'),
      device.isOnBuiltin
        ? t('page.bundleBuiltin', { version: device.bundleVersion ?? device.nativeVersion ?? t('builtin') })
        : device.bundleVersion,
    ),
    fact(t('page.requestedChannel'), device.requestedChannel),
    { label: t('page.plugin'), value: <PluginVersion device={device} /> },
    {
      label: t('page.key'),
      value: (
        <>
          {device.keyId && <CopyText value={device.keyId} label={t('page.key')} />}{' '}
          <KeyFitWord device={device} isExplained />
        </>
      ),
    },
    device.remoteAddress
      ? { label: t('page.address'), value: <CopyText value={device.remoteAddress} label={t('page.address')} /> }
      : null,
    { label: t('page.firstSeen'), value: <RelativeTime at={device.firstSeenAt} /> },
    { label: t('page.lastSeen'), value: <RelativeTime at={device.lastSeenAt} /> },
  ];
  return <KeyValue rows={rows.filter((row) => row !== null)} />;
}

function fact(label: string, value: string | null): KeyValueRow | null {
  return value === null || value === '' ? null : { label, value };
}
