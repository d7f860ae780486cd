import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { ServerStatus } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';

import { isBoundToOne } from './address-choices.ts';

import styles from './ListenerNotice.module.css';

/** Why phones do not reach the listener, when that is already known; nothing otherwise. */
export function ListenerNotice({ status }: { readonly status: ServerStatus }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const restart = useMutation({
    mutationFn: () => api.server.restartDeviceListener({}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.server }),
  });
  const { device } = status;
  if (device.state === 'running') {
    if (!isBoundToOne(device.host)) return null;
    return (
      <p className={styles.note}>
        <TriangleAlert size={15} aria-hidden="true" />
        {t('listener.onlyLocal', { host: device.host })}
      </p>
    );
  }
  const failure = restart.error ?? device.error ?? { code: 'DEVICE_LISTENER_DOWN', params: {} };
  return (
    <ErrorPanel
      title={t('listener.down')}
      error={failure}
      actions={
        <>
          <Button size="xs" loading={restart.isPending} onClick={() => restart.mutate()}>
            {t('listener.restart')}
          </Button>
          <Button size="xs" onClick={() => navigate('/settings')}>
            {t('listener.settings')}
          </Button>
        </>
      }
    />
  );
}
