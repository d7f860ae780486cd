import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';

import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { LogPage } from './LogPage.tsx';

export function ActivityScreen() {
  return (
    <Switch>
      <Route path="/activity/device/:deviceId">{({ deviceId }) => <LogOfApp deviceId={decoded(deviceId)} />}</Route>
      <Route>
        <LogOfApp deviceId={null} />
      </Route>
    </Switch>
  );
}

function LogOfApp({ deviceId }: { readonly deviceId: string | null }) {
  const { t } = useTranslation('activity');
  const { app, isLoading, error } = useCurrentApp();
  if (app !== null) return <LogPage key={`${app.appId} ${deviceId ?? ''}`} app={app} deviceId={deviceId} />;
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

/** A client may choose any text for its id, a lone `%` too. */
function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}
