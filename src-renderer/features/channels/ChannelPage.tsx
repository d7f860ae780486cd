import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { PenLine, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { RolloutWord } from '#renderer/components/ChannelOffer.tsx';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { Tag } from '#renderer/components/Tag.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import { AnswersSection } from './AnswersSection.tsx';
import { AutoPauseSection } from './AutoPauseSection.tsx';
import { ChannelFacts } from './ChannelFacts.tsx';
import { DeleteChannel } from './DeleteChannel.tsx';
import { HistorySection } from './HistorySection.tsx';
import { OfferSection } from './OfferSection.tsx';
import { PublicMarks } from './PublicMarks.tsx';
import { RenameChannel } from './RenameChannel.tsx';
import { RolloutSection } from './RolloutSection.tsx';
import { RulesSection } from './RulesSection.tsx';
import { useRules } from './use-rules.ts';

import styles from './ChannelPage.module.css';

/** One channel of the current app. */
export function ChannelPage({ id }: { readonly id: number }) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const [, navigate] = useLocation();
  const { app, error: appError } = useCurrentApp();
  // The list is small and at hand; what the page says of other channels comes from it too.
  const {
    data: channels,
    error,
    refetch,
  } = useQuery({
    ...channelListQuery(api, app?.appId ?? ''),
    enabled: app !== null,
  });
  const channel = channels?.find((known) => known.id === id);
  if (app !== null && channels !== undefined && channel !== undefined) {
    return <LoadedPage app={app} channel={channel} channels={channels} />;
  }
  const failure = appError ?? error;
  return (
    <Page title={t('title')} back={{ href: '/channels', label: t('all') }}>
      {failure !== null && <ErrorPanel error={failure} onRetry={() => void refetch()} />}
      {channels !== undefined && (
        <EmptyState
          title={t('page.gone')}
          hint={t('page.goneHint')}
          actions={<Button onClick={() => navigate('/channels')}>{t('all')}</Button>}
        />
      )}
    </Page>
  );
}

type LoadedProps = { readonly app: App; readonly channel: Channel; readonly channels: readonly Channel[] };

function LoadedPage({ app, channel, channels }: LoadedProps) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const sync = useChannelSync(app.appId);
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const close = () => setDialog(null);
  const draft = useRules(channel);
  const makeDefault = useMutation({
    mutationFn: () => api.channels.makeDefault({ appId: app.appId, channel: channel.id }),
    onSuccess: () => announce(t('makeDefault.done', { name: channel.name })),
    onSettled: sync,
  });
  return (
    <Page
      title={channel.name}
      back={{ href: '/channels', label: t('all') }}
      subtitle={
        <>
          {channel.isDefault && <Tag title={t('defaultHint')}>{t('default')}</Tag>}
          {channel.public && <span>{t('column.public')}</span>}
          <PublicMarks channel={channel} />
          {channel.rollout !== null && <RolloutWord rollout={channel.rollout} />}
        </>
      }
      actions={
        <>
          {!channel.isDefault && (
            <Button
              leftSection={<Star size={14} aria-hidden="true" />}
              title={t('defaultHint')}
              loading={makeDefault.isPending}
              onClick={() => makeDefault.mutate()}
            >
              {t('makeDefault.action')}
            </Button>
          )}
          <Button leftSection={<PenLine size={14} aria-hidden="true" />} onClick={() => setDialog('rename')}>
            {t('rename.action')}
          </Button>
          <Button leftSection={<Trash2 size={14} aria-hidden="true" />} onClick={() => setDialog('delete')}>
            {t('delete.action')}
          </Button>
        </>
      }
    >
      {makeDefault.error !== null && <ErrorPanel error={makeDefault.error} />}
      <div className={styles.columns}>
        <div className={styles.main}>
          <OfferSection app={app} channel={channel} />
          <RolloutSection channel={channel} />
          <AutoPauseSection channel={channel} />
          <RulesSection channel={channel} channels={channels} draft={draft} />
          <HistorySection channel={channel} />
        </div>
        <div className={styles.side}>
          <AnswersSection channel={channel} change={draft.change} />
          <ChannelFacts channel={channel} />
        </div>
      </div>
      <RenameChannel channel={channel} channels={channels} isOpen={dialog === 'rename'} onClose={close} />
      <DeleteChannel app={app} channel={channel} channels={channels} isOpen={dialog === 'delete'} onClose={close} />
    </Page>
  );
}
