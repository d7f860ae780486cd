import { Radio, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Device, DeviceOverride } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, releaseListQuery } from '#renderer/api/queries.ts';
import { useDeviceSync } from '#renderer/api/use-device-sync.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { DialogForm, FormDialog } from '#renderer/components/FormDialog.tsx';
import { toOverrideInput, type OverrideInput } from '#renderer/components/override-input.ts';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import { OverrideOutlook } from './OverrideOutlook.tsx';

import styles from './OverrideDialog.module.css';

type Props = { readonly device: Device; readonly isOpen: boolean; readonly onClose: () => void };
type Kind = DeviceOverride['kind'];

const kinds = ['channel', 'release', 'builtin', 'blocked'] as const satisfies readonly Kind[];

/** Decides for one device, before everything it asks for. */
export function OverrideDialog({ device, isOpen, onClose }: Props) {
  const { t } = useTranslation('devices');
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t('override.dialogTitle', { name: deviceName(device) })}>
      <OverrideForm device={device} onClose={onClose} />
    </FormDialog>
  );
}

function OverrideForm({ device, onClose }: Omit<Props, 'isOpen'>) {
  const { t } = useTranslation('devices');
  const api = useApi();
  const { appId, deviceId, override: before } = device;
  const { data: channels = [] } = useQuery(channelListQuery(api, appId));
  const { data: releases = [] } = useQuery(releaseListQuery(api, appId));
  const sync = useDeviceSync(appId);
  const tellUndoable = useUndoable();
  const [kind, setKind] = useState<Kind>(before?.kind ?? 'channel');
  const [channelId, setChannelId] = useState<string | null>(before?.kind === 'channel' ? `${before.channelId}` : null);
  const [releaseId, setReleaseId] = useState<string | null>(before?.kind === 'release' ? before.releaseId : null);
  const input = inputOf(kind, channelId ?? `${channels[0]?.id ?? ''}`, releaseId ?? releases[0]?.releaseId ?? '');
  return (
    <DialogForm
      action={t('override.apply')}
      isReady={input !== null}
      onClose={onClose}
      onSubmit={async () => {
        if (input === null) return;
        await api.devices.setOverride({ appId, deviceId, override: input });
        await sync();
        onClose();
        tellUndoable({
          message: t('override.done', { name: deviceName(device) }),
          undo: async () => {
            if (before === null) await api.devices.clearOverride({ appId, deviceId });
            else await api.devices.setOverride({ appId, deviceId, override: toOverrideInput(before) });
            await sync();
          },
        });
      }}
    >
      <p>{t('override.intro')}</p>
      <Radio.Group
        aria-label={t('override.label')}
        value={kind}
        onChange={(next) => setKind(kinds.find((known) => known === next) ?? 'channel')}
      >
        <div className={styles.kinds}>
          {kinds.map((each) => (
            <div key={each} className={styles.kind}>
              <Radio
                value={each}
                classNames={{ description: styles.hint }}
                label={t(`override.kind.${each}`)}
                description={t(`override.hint.${each}`)}
              />
              {each === 'channel' && kind === 'channel' && (
                <Select
                  className={styles.choice}
                  aria-label={t('override.kind.channel')}
                  value={channelId ?? `${channels[0]?.id ?? ''}`}
                  data={channels.map(({ id, name }) => ({ value: `${id}`, label: name }))}
                  allowDeselect={false}
                  checkIconPosition="right"
                  onChange={setChannelId}
                />
              )}
              {each === 'release' && kind === 'release' && (
                <Select
                  className={styles.choice}
                  aria-label={t('override.kind.release')}
                  value={releaseId ?? releases[0]?.releaseId ?? null}
                  data={releases.map((release) => ({ value: release.releaseId, label: release.version }))}
                  allowDeselect={false}
                  searchable
                  checkIconPosition="right"
                  onChange={setReleaseId}
                />
              )}
            </div>
          ))}
        </div>
      </Radio.Group>
      {input !== null && <OverrideOutlook device={device} override={input} />}
    </DialogForm>
  );
}

/** Null while something that has to be chosen is not there. */
function inputOf(kind: Kind, channelId: string, releaseId: string): OverrideInput | null {
  switch (kind) {
    case 'channel':
      return channelId === '' ? null : { kind, channel: Number(channelId) };
    case 'release':
      return releaseId === '' ? null : { kind, release: releaseId };
    case 'builtin':
    case 'blocked':
      return { kind };
  }
}
