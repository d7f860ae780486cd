import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { PageOfApp } from '#renderer/components/PageOfApp.tsx';

import { ChannelTable } from './ChannelTable.tsx';
import { CreateChannel } from './CreateChannel.tsx';

export function ChannelListPage() {
  const { t } = useTranslation('channels');
  const none = { title: t('empty.noApp'), hint: t('empty.noAppHint'), action: t('empty.addApp') };
  return (
    <PageOfApp title={t('title')} none={none}>
      {(app) => <ChannelsOfApp app={app} />}
    </PageOfApp>
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
