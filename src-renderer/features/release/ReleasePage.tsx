import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FolderOutput, Radio, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseQuery, serverStatusQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { FindingList } from '#renderer/components/FindingList.tsx';
import { Health } from '#renderer/components/Health.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Page, Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import { DeleteRelease } from './DeleteRelease.tsx';
import { CompareLink } from './delta/CompareLink.tsx';
import { ReleaseCost } from './delta/ReleaseCost.tsx';
import { ExportRelease } from './ExportRelease.tsx';
import { LiveBadges } from './LiveBadges.tsx';
import { MakeLive } from './MakeLive.tsx';
import { ReleaseAdoption } from './ReleaseAdoption.tsx';
import { ReleaseFigures } from './ReleaseFigures.tsx';
import { ReleaseKey } from './ReleaseKey.tsx';
import { Timings } from './Timings.tsx';

import styles from './ReleasePage.module.css';

/** One release of the current app, by its id or its version. */
export function ReleasePage({ release }: { readonly release: string }) {
  const { t } = useTranslation('release');
  const api = useApi();
  const { app, error: appError } = useCurrentApp();
  const { data, error, refetch } = useQuery({ ...releaseQuery(api, app?.appId ?? '', release), enabled: app !== null });
  const back = { href: '/release', label: t('page.all') };
  const failure = appError ?? error;
  if (failure !== null) {
    return (
      <Page title={release} back={back}>
        <ErrorPanel error={failure} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (app === null || data === undefined) {
    return (
      <Page title={<span className={styles.waiting} />} back={back}>
        {null}
      </Page>
    );
  }
  return <LoadedPage app={app} release={data} back={back} />;
}

type LoadedProps = {
  readonly app: App;
  readonly release: Release;
  readonly back: { readonly href: string; readonly label: string };
};

function LoadedPage({ app, release, back }: LoadedProps) {
  const { t, i18n } = useTranslation(['release', 'channels']);
  const [isDeleting, setIsDeleting] = useState(false);
  const [isExporting, setIsExporting] = useState(false);
  const [isGoingLive, setIsGoingLive] = useState(false);
  return (
    <Page
      title={release.version}
      back={back}
      subtitle={
        <>
          <LiveBadges release={release} />
          <Health health={release.health} />
        </>
      }
      actions={
        <>
          <CompareLink release={release} />
          <Button leftSection={<Radio size={14} aria-hidden="true" />} onClick={() => setIsGoingLive(true)}>
            {t('channels:offer.liveAction')}
          </Button>
          <Button leftSection={<FolderOutput size={14} aria-hidden="true" />} onClick={() => setIsExporting(true)}>
            {t('page.export')}
          </Button>
          <Button leftSection={<Trash2 size={14} aria-hidden="true" />} onClick={() => setIsDeleting(true)}>
            {t('page.delete')}
          </Button>
        </>
      }
    >
      <div className={styles.columns}>
        <div className={styles.main}>
          <ReleaseAdoption release={release} />
          <ReleaseFigures release={release} />
          <ReleaseCost release={release} />
          <Section title={t('page.findings')}>
            {release.findings.length === 0 ? (
              <StateWord tone="success">{t('page.noFindings')}</StateWord>
            ) : (
              <FindingList findings={release.findings} />
            )}
          </Section>
        </div>
        <div className={styles.side}>
          <Section title={t('page.identity')}>
            <KeyValue
              rows={[
                { label: t('page.app'), value: <CopyText value={app.appId} label={t('page.app')} /> },
                { label: t('page.size'), value: <Bytes value={release.size} /> },
                { label: t('page.rawSize'), value: <Bytes value={release.rawBytes} /> },
                { label: t('page.files'), value: formatNumber(release.files, i18n.language) },
                {
                  label: t('page.checksum'),
                  value: <CopyText value={release.checksum} label={t('page.checksum')} keep={20} />,
                },
                { label: t('page.keyId'), value: <ReleaseKey release={release} /> },
                ...(release.sessionKey === null
                  ? []
                  : [
                      {
                        label: t('page.session'),
                        value: <CopyText value={release.sessionKey} label={t('page.session')} keep={20} />,
                      },
                    ]),
                { label: t('page.created'), value: <RelativeTime at={release.createdAt} /> },
                {
                  label: t('page.verifiedAt'),
                  value: (
                    <span title={t('page.verified')}>
                      <StateWord tone="success">
                        <RelativeTime at={release.verifiedAt} />
                      </StateWord>
                    </span>
                  ),
                },
                ...(release.notes === null ? [] : [{ label: t('page.notes'), value: release.notes }]),
              ]}
            />
          </Section>
          <Downloads release={release} />
          <Section title={t('page.timings')}>
            <Timings timings={release.timings} />
          </Section>
        </div>
      </div>
      <MakeLive release={release} isOpen={isGoingLive} onClose={() => setIsGoingLive(false)} />
      <ExportRelease app={app} release={release} isOpen={isExporting} onClose={() => setIsExporting(false)} />
      <DeleteRelease app={app} release={release} isOpen={isDeleting} onClose={() => setIsDeleting(false)} />
    </Page>
  );
}

/** The file's address by each address of this machine: what an offer would name there. */
function Downloads({ release }: { readonly release: Release }) {
  const { t } = useTranslation('release');
  const api = useApi();
  const { data: status } = useQuery(serverStatusQuery(api));
  const urls = status?.device.urls ?? [];
  const nameOf = (url: string) => {
    const { hostname } = new URL(url);
    return (
      status?.addresses.find(({ address }) => hostname === address || hostname === `[${address}]`)?.interface ??
      hostname
    );
  };
  return (
    <Section title={t('page.downloads')}>
      {urls.length === 0 ? (
        status !== undefined && <p className={styles.muted}>{t('page.downloadsDown')}</p>
      ) : (
        <KeyValue
          rows={urls.map((url) => ({
            label: nameOf(url),
            value: (
              <CopyText
                value={`${url}${release.downloadPath}`}
                label={t('page.url', { interface: nameOf(url) })}
                keep={44}
              />
            ),
          }))}
        />
      )}
    </Section>
  );
}
