import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceQuery, queryKeys } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

export type DropDeviceProps = { readonly device: Device; readonly isOpen: boolean; readonly onClose: () => void };

type Props = DropDeviceProps & {
  readonly words: { readonly title: string; readonly action: string; readonly done: string };
  readonly onDrop: () => Promise<unknown>;
  /** What that means. */
  readonly children: ReactNode;
};

/** Asks before a device leaves the list, and goes back to the list. */
export function DropDevice({ device, isOpen, onClose, words, onDrop, children }: Props) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const { appId, deviceId } = device;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={words.title}
      confirmLabel={words.action}
      isDestructive
      onConfirm={async () => {
        await onDrop();
        navigate('/devices');
        announce(words.done);
        queryClient.removeQueries({ queryKey: deviceQuery(api, appId, deviceId).queryKey });
        await queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) });
      }}
    >
      {children}
    </ConfirmDialog>
  );
}
