import { Menu } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Lock, LockOpen, RectangleEllipsis } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { vaultStatusQuery } from '#renderer/api/queries.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

type Props = { readonly onProtect: () => void; readonly onUnprotect: () => void };

/** What can be done about how private parts are kept; nothing where the system's keychain does it. */
export function VaultMenuItems({ onProtect, onUnprotect }: Props) {
  const { t } = useTranslation('vault');
  const api = useApi();
  const { data: status } = useQuery(vaultStatusQuery(api));
  const lock = useMutation({
    mutationFn: () => api.vault.lock({}),
    onSuccess: () => announce(t('isLocked')),
  });
  if (status === undefined || status.kind === 'keychain' || status.isLocked) return null;
  if (status.kind !== 'passphrase') {
    return (
      <Menu.Item leftSection={<RectangleEllipsis size={14} aria-hidden="true" />} onClick={onProtect}>
        {t('set')}
      </Menu.Item>
    );
  }
  return (
    <>
      <Menu.Item leftSection={<RectangleEllipsis size={14} aria-hidden="true" />} onClick={onProtect}>
        {t('change')}
      </Menu.Item>
      <Menu.Item leftSection={<Lock size={14} aria-hidden="true" />} onClick={() => lock.mutate()}>
        {t('lockNow')}
      </Menu.Item>
      <Menu.Item leftSection={<LockOpen size={14} aria-hidden="true" />} onClick={onUnprotect}>
        {t('remove')}
      </Menu.Item>
    </>
  );
}
