import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { RemedyAction } from '#contract/models/activity.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, deviceListQuery } from '#renderer/api/queries.ts';
import { useDeviceSync } from '#renderer/api/use-device-sync.ts';

import { inverseChange } from '../channel-change.ts';
import { toOverrideInput } from '../override-input.ts';
import { useUndoable } from '../use-undoable.tsx';
import { remedyLabel } from './remedy-words.ts';

/** Carries a suggestion out, says so, and offers to take it back where there is a way. */
export function useRemedy(appId: string, deviceId: string): (action: RemedyAction) => Promise<unknown> {
  const { t } = useTranslation(['trace', 'devices', 'channels']);
  const api = useApi();
  const sync = useDeviceSync(appId);
  const tellUndoable = useUndoable();
  const { data: channels } = useQuery(channelListQuery(api, appId));
  const { data: devices } = useQuery(deviceListQuery(api, appId));

  /** Returns the way back; null where there is none. */
  async function carryOut(action: RemedyAction): Promise<(() => Promise<unknown>) | null> {
    switch (action.kind) {
      case 'setChannel': {
        const { channelId: channel, change } = action;
        const before = channels?.find(({ id }) => id === channel);
        const { unpublished } = await api.channels.update({ appId, channel, change });
        if (before === undefined) return null;
        return async () => {
          await api.channels.update({ appId, channel, change: inverseChange(before, change) });
          for (const other of unpublished) {
            await api.channels.update({ appId, channel: other, change: { public: true } });
          }
        };
      }
      case 'createChannel': {
        const { channel } = await api.channels.create({ appId, name: action.channel });
        return () => api.channels.delete({ appId, channel: channel.id });
      }
      case 'clearOverride': {
        const before = devices?.find((device) => device.deviceId === deviceId)?.override;
        await api.devices.clearOverride({ appId, deviceId });
        if (!before) return null;
        return () => api.devices.setOverride({ appId, deviceId, override: toOverrideInput(before) });
      }
      case 'offerAgain':
        await api.devices.offerAgain({ appId, deviceId, version: action.version });
        return null;
      case 'publish':
        return null;
    }
  }

  return async (action) => {
    const undo = await carryOut(action);
    await sync();
    const message = t('trace:done', { what: remedyLabel(action, t) });
    tellUndoable({
      message,
      undo:
        undo &&
        (async () => {
          await undo();
          await sync();
        }),
    });
  };
}
