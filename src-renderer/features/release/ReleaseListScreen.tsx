import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';

import { BuildSources } from './BuildSources.tsx';
import { FirstBuild } from './FirstBuild.tsx';
import { ReleaseTable } from './ReleaseTable.tsx';
import { SampleProgress } from './SampleProgress.tsx';
import { WatchSection } from './watch/WatchSection.tsx';

/** Home: the releases of the app, newest first, and every way to add one. */
export function ReleaseListScreen() {
  const { t } = useTranslation('release');
  const api = useApi();
  const { app, isLoading, error } = useCurrentApp();
  const releases = useQuery({ ...releaseListQuery(api, app?.appId ?? ''), enabled: app !== null });
  const failure = error ?? releases.error;
  const isEmpty = app === null ? !isLoading && error === null : releases.data?.length === 0;

  return (
    <Page title={t('title')} subtitle={isEmpty ? undefined : t('dropHint')} actions={!isEmpty && <BuildSources />}>
      {failure !== null && <ErrorPanel error={failure} onRetry={() => void releases.refetch()} />}
      <SampleProgress />
      {isEmpty && <FirstBuild />}
      {app !== null && releases.data !== undefined && releases.data.length > 0 && (
        <ReleaseTable app={app} releases={releases.data} />
      )}
      <WatchSection appId={app?.appId ?? null} />
    </Page>
  );
}
