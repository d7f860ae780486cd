import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useDeviceSync } from '#renderer/api/use-device-sync.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { toOverrideInput } from '#renderer/components/override-input.ts';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import { channelSource } from './channel-source.ts';
import { ChannelCell } from './ChannelCell.tsx';
import { OverrideDialog } from './OverrideDialog.tsx';

import styles from './OverrideSection.module.css';

/** Who decides for a device: a person, the device itself, or the channel that is public. */
export function OverrideSection({ device }: { readonly device: Device }) {
  const { t } = useTranslation('devices');
  const [isOpen, setIsOpen] = useState(false);
  const clear = useClear(device);
  const { override } = device;
  const source = channelSource(device);
  return (
    <Section title={t('override.title')}>
      <KeyValue
        rows={[
          { label: t('page.channel'), value: <ChannelCell device={device} /> },
          { label: t('override.from'), value: t(`source.${source}`, { asked: device.requestedChannel ?? '' }) },
          {
            label: t('override.label'),
            value:
              override === null ? (
                t('override.none')
              ) : (
                <StateWord isSentence tone="warning">
                  {t(`override.is.${override.kind}`, {
                    channel: 'channel' in override ? override.channel : '',
                    version: 'version' in override ? override.version : '',
                  })}
                </StateWord>
              ),
          },
        ]}
      />
      {clear.error !== null && <ErrorPanel error={clear.error} />}
      <div className={styles.actions}>
        <Button size="xs" onClick={() => setIsOpen(true)}>
          {t(override === null ? 'override.set' : 'override.change')}
        </Button>
        {override !== null && (
          <Button size="xs" loading={clear.isPending} onClick={() => clear.mutate()}>
            {t('override.clear')}
          </Button>
        )}
      </div>
      <OverrideDialog device={device} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </Section>
  );
}

function useClear(device: Device) {
  const { t } = useTranslation('devices');
  const api = useApi();
  const { appId, deviceId, override } = device;
  const sync = useDeviceSync(appId);
  const tellUndoable = useUndoable();
  return useMutation({
    mutationFn: () => api.devices.clearOverride({ appId, deviceId }),
    async onSuccess() {
      await sync();
      tellUndoable({
        message: t('override.cleared', { name: deviceName(device) }),
        undo:
          override &&
          (async () => {
            await api.devices.setOverride({ appId, deviceId, override: toOverrideInput(override) });
            await sync();
          }),
      });
    },
  });
}
