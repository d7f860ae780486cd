import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useDeviceSync } from '#renderer/api/use-device-sync.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { statCause } from '#renderer/i18n/activity-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import { failureWords } from './device-words.ts';

import styles from './FailedVersions.module.css';

/** Versions that failed on this device and are not offered to it again, each with the way out. */
export function FailedVersions({ device }: { readonly device: Device }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const api = useApi();
  const { appId, deviceId, failedVersions } = device;
  const sync = useDeviceSync(appId);
  const again = useMutation({
    mutationFn: (version: string) => api.devices.offerAgain({ appId, deviceId, version }),
    async onSuccess(_device, version) {
      announce(t('failedHere.done', { version }));
      await sync();
    },
  });
  if (failedVersions.length === 0) return null;
  return (
    <Section title={t('failedHere.title')}>
      <p className={styles.intro}>{t('failedHere.intro')}</p>
      {again.error !== null && <ErrorPanel error={again.error} />}
      <ul className={styles.list}>
        {failedVersions.map(({ version, action, at, nativeVersion }) => (
          <li key={version} className={styles.row}>
            <div className={styles.words} title={statCause(action, version, i18n.language) ?? undefined}>
              <code>{version}</code> {failureWords(action, t)}
              <div className={styles.intro}>
                <RelativeTime at={at} />
                {nativeVersion !== null && ` · ${t('failedHere.native', { version: nativeVersion })}`}
              </div>
            </div>
            <Button
              size="xs"
              leftSection={<RotateCw size={13} aria-hidden="true" />}
              loading={again.isPending && again.variables === version}
              onClick={() => again.mutate(version)}
            >
              {t('failedHere.again')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
