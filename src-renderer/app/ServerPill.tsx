import { Button, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleHelp, CircleX, LoaderCircle, Radio } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { ServerStatus } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys, serverStatusQuery } from '#renderer/api/queries.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { useUiStore } from '#renderer/stores/ui-store.ts';

import styles from './ServerPill.module.css';

/** Whether phones can reach Slipway, and where. */
export function ServerPill() {
  const { t, i18n } = useTranslation('frame');
  const api = useApi();
  const queryClient = useQueryClient();
  const { data: status, error } = useQuery(serverStatusQuery(api));
  const isLost = useUiStore(({ connection }) => connection === 'lost' || connection === 'signed-out');
  const restart = useMutation({
    mutationFn: () => api.server.restartDeviceListener({}),
    onSuccess: (next) => queryClient.setQueryData(serverStatusQuery(api).queryKey, next),
    onError: (failure) => announce(errorSentences(toWireError(failure), i18n.language).message, 'assertive'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.server }),
  });

  if (status === undefined) {
    return (
      <span className={styles.pill} data-tone="neutral">
        {error === null ? (
          <LoaderCircle size={14} aria-hidden="true" className={styles.turning} />
        ) : (
          <CircleX size={14} aria-hidden="true" />
        )}
        {t(error === null ? 'server.starting' : 'server.failed')}
      </span>
    );
  }
  // What was true when the connection broke is nothing to be green about.
  if (isLost) {
    return (
      <span className={styles.pill} data-tone="neutral">
        <CircleHelp size={14} aria-hidden="true" />
        {t('server.unknown')}
      </span>
    );
  }
  const { device, activeDevices } = status;
  if (device.state === 'running') {
    const where = primaryAddress(status);
    const devices = t('server.active', { count: activeDevices });
    return (
      <Link href="/connect" className={styles.pill} data-tone="success">
        <Radio size={14} aria-hidden="true" />
        <span className={styles.word}>{t('server.running')}</span> <span className={styles.where}>{where}</span>{' '}
        <span className={styles.devices} title={t('server.activeHint')}>
          · {devices}
        </span>
        <VisuallyHidden>, {t('server.openConnect')}</VisuallyHidden>
      </Link>
    );
  }
  const reason = device.error === null ? undefined : errorSentences(device.error, i18n.language).message;
  return (
    <span className={styles.group} role="status">
      <Link href="/settings" className={styles.pill} data-tone="danger" title={reason}>
        <CircleX size={14} aria-hidden="true" />
        <span className={styles.word}>{t(device.state === 'failed' ? 'server.failed' : 'server.stopped')}</span>
        {reason !== undefined && <span className={styles.reason}>{reason}</span>}
      </Link>
      <Button size="xs" loading={restart.isPending} onClick={() => restart.mutate()}>
        {t('server.restart')}
      </Button>
    </span>
  );
}

/** The best address for a phone, with its port: `192.168.1.20:8787`. */
function primaryAddress({ device }: ServerStatus): string {
  const [best] = device.urls;
  return best === undefined ? `${device.host}:${device.port}` : new URL(best).host;
}
