import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';

import { PageOfApp } from '#renderer/components/PageOfApp.tsx';

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
  const none = { title: t('empty.noApp'), hint: t('empty.noAppHint'), action: t('empty.addApp') };
  return (
    <PageOfApp title={t('title')} none={none}>
      {(app) => <LogPage key={deviceId} app={app} deviceId={deviceId} />}
    </PageOfApp>
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
