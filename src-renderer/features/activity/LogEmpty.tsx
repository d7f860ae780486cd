import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { useApi } from '#renderer/api/api-context.tsx';
import { serverStatusQuery } from '#renderer/api/queries.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';

type Props = {
  /** Rows that are there and hidden. */
  readonly loaded: number;
  readonly onReset: () => void;
};

/** Nothing to see, and why: nothing came yet, nothing can come, or the filters hide it. */
export function LogEmpty({ loaded, onReset }: Props) {
  const { t } = useTranslation('activity');
  const api = useApi();
  const [, navigate] = useLocation();
  const { data: status } = useQuery(serverStatusQuery(api));
  if (loaded > 0) {
    return (
      <EmptyState
        title={t('empty.noMatch', { count: loaded })}
        actions={<Button onClick={onReset}>{t('filter.reset')}</Button>}
      />
    );
  }
  if (status === undefined) return null;
  const isRunning = status.device.state === 'running';
  const [best] = status.device.urls;
  const address = best === undefined ? `${status.device.host}:${status.device.port}` : new URL(best).host;
  return (
    <EmptyState
      title={isRunning ? t('empty.listening', { address }) : t('empty.down')}
      hint={t(isRunning ? 'empty.listeningHint' : 'empty.downHint')}
      actions={
        <Button variant="filled" onClick={() => navigate('/connect')}>
          {t('empty.connect')}
        </Button>
      }
    />
  );
}
