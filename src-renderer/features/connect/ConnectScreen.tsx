import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import type { ServerStatus } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { appQuery, serverStatusQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page, Section } from '#renderer/components/Page.tsx';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { addressChoices } from './address-choices.ts';
import { AddressPicker } from './AddressPicker.tsx';
import { ApplySection } from './ApplySection.tsx';
import { ConfigSection } from './ConfigSection.tsx';
import { useConnectStore } from './connect-store.ts';
import { DoctorSection } from './DoctorSection.tsx';
import { ListenerNotice } from './ListenerNotice.tsx';
import { PhoneState } from './PhoneState.tsx';
import { PlatformSection } from './PlatformSection.tsx';
import { QrPanel } from './QrPanel.tsx';
import { TokenSection } from './TokenSection.tsx';

import styles from './ConnectScreen.module.css';

export function ConnectScreen() {
  const { t } = useTranslation('connect');
  const api = useApi();
  const { app, isLoading, error } = useCurrentApp();
  const { data: status, error: statusError, refetch } = useQuery(serverStatusQuery(api));
  const failure = error ?? statusError;
  if (failure !== null) {
    return (
      <Page title={t('title')}>
        <ErrorPanel error={failure} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (status === undefined || isLoading) return <Page title={t('title')}>{null}</Page>;
  if (app !== null) return <ConnectApp key={app.appId} known={app} status={status} />;
  return (
    <Page title={t('title')}>
      <ListenerNotice status={status} />
      <EmptyState
        title={t('noApp')}
        hint={t('noAppHint')}
        actions={
          <Button variant="filled" onClick={() => openLayer('add-app')}>
            {t('addApp')}
          </Button>
        }
      />
      <DoctorSection appId={null} />
    </Page>
  );
}

function ConnectApp({ known, status }: { readonly known: App; readonly status: ServerStatus }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const { data: app = known } = useQuery(appQuery(api, known.appId));
  const choiceId = useConnectStore((state) => state.choiceId);
  const choices = addressChoices({ app, status });
  const choice = choices.find(({ id }) => id === choiceId) ?? choices[0];
  return (
    <Page title={t('title')} subtitle={<PhoneState app={app} />}>
      <ListenerNotice status={status} />
      {choice !== undefined && status.device.state === 'running' && (
        <>
          <div className={styles.top}>
            <Section title={t('address.title')}>
              <AddressPicker choices={choices} chosenId={choice.id} port={status.device.port} />
            </Section>
            <QrPanel choice={choice} />
          </div>
          <ConfigSection app={app} choice={choice} />
          <ApplySection app={app} choice={choice} />
        </>
      )}
      <PlatformSection />
      <DoctorSection appId={app.appId} />
      <TokenSection app={app} />
    </Page>
  );
}
