import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { ChannelTable } from './ChannelTable.tsx';
import { CreateChannel } from './CreateChannel.tsx';

export function ChannelListPage() {
  const { t } = useTranslation('channels');
  const { app, isLoading, error } = useCurrentApp();
  if (app !== null) return <ChannelsOfApp key={app.appId} app={app} />;
  return (
    <Page title={t('title')}>
      {error !== null && <ErrorPanel error={error} />}
      {error === null && !isLoading && (
        <EmptyState
          title={t('empty.noApp')}
          hint={t('empty.noAppHint')}
          actions={
            <Button variant="filled" onClick={() => openLayer('add-app')}>
              {t('empty.addApp')}
            </Button>
          }
        />
      )}
    </Page>
  );
}

function ChannelsOfApp({ app }: { readonly app: App }) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { data: channels, error, refetch } = useQuery(channelListQuery(api, app.appId));
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Page
      title={t('title')}
      subtitle={t('intro')}
      actions={
        channels !== undefined && (
          <Button
            variant="filled"
            leftSection={<Plus size={14} aria-hidden="true" />}
            onClick={() => setIsCreating(true)}
          >
            {t('create.action')}
          </Button>
        )
      }
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {channels !== undefined && <ChannelTable app={app} channels={channels} />}
      <CreateChannel app={app} channels={channels ?? []} isOpen={isCreating} onClose={() => setIsCreating(false)} />
    </Page>
  );
}
