import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { ReleaseDiff } from '#contract/models/delta.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseDiffQuery, releaseListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { saveTextFile } from '#renderer/components/save-file.ts';
import { formatBytes, formatNumber } from '#renderer/i18n/format.ts';

import { compareHref } from './compare-href.ts';
import { CompareTable } from './CompareTable.tsx';
import { diffRows } from './diff-rows.ts';

import styles from './ComparePage.module.css';

/** How one release differs from another, file by file. Both are in the address, by id or version. */
export function ComparePage({ from, to }: { readonly from: string; readonly to: string }) {
  const { t } = useTranslation('delta');
  const api = useApi();
  const { app, error: appError } = useCurrentApp();
  const appId = app?.appId ?? '';
  const releases = useQuery({ ...releaseListQuery(api, appId), enabled: app !== null });
  const diff = useQuery({ ...releaseDiffQuery(api, { appId, from, to }), enabled: app !== null });
  const versionOf = (ref: string) => releases.data?.find((release) => isSame(release, ref))?.version ?? ref;
  const failure = appError ?? diff.error;
  return (
    <Page
      title={t('compare.title', { from: versionOf(from), to: versionOf(to) })}
      back={{ href: `/release/${to}`, label: t('compare.back', { version: versionOf(to) }) }}
      actions={diff.data !== undefined && <ExportButton diff={diff.data} />}
    >
      <div className={styles.page}>
        <Choice releases={releases.data ?? []} from={from} to={to} />
        {failure !== null && <ErrorPanel error={failure} onRetry={() => void diff.refetch()} />}
        {diff.data === undefined ? (
          failure === null && <div className={styles.waiting} />
        ) : (
          <Differences appId={appId} diff={diff.data} />
        )}
      </div>
    </Page>
  );
}

function isSame({ releaseId, version }: Release, ref: string): boolean {
  return releaseId === ref || version === ref;
}

type ChoiceProps = { readonly releases: readonly Release[]; readonly from: string; readonly to: string };

function Choice({ releases, from, to }: ChoiceProps) {
  const { t } = useTranslation('delta');
  const [, navigate] = useLocation();
  const go = (left: string | null, right: string | null) => {
    if (left !== null && right !== null) navigate(compareHref(left, right));
  };
  const idOf = (ref: string) => releases.find((release) => isSame(release, ref))?.releaseId ?? null;
  const data = releases.map(({ releaseId, version }) => ({ value: releaseId, label: version }));
  return (
    <div className={styles.choice}>
      <Select
        label={t('compare.from')}
        value={idOf(from)}
        data={data}
        allowDeselect={false}
        searchable
        onChange={(left) => go(left, to)}
      />
      <Button leftSection={<ArrowLeftRight size={14} aria-hidden="true" />} onClick={() => go(to, from)}>
        {t('compare.swap')}
      </Button>
      <Select
        label={t('compare.to')}
        value={idOf(to)}
        data={data}
        allowDeselect={false}
        searchable
        onChange={(right) => go(from, right)}
      />
    </div>
  );
}

function Differences({ appId, diff }: { readonly appId: string; readonly diff: ReleaseDiff }) {
  const { t, i18n } = useTranslation('delta');
  const [text, setText] = useState('');
  const { added, changed, removed, unchanged } = diff;
  const total = added.length + changed.length + removed.length;
  const rows = diffRows(diff, text);
  const count = (value: number) => formatNumber(value, i18n.language);
  const zip = formatBytes(diff.zipBytes, i18n.language);
  return (
    <>
      <div className={styles.summary}>
        <p>
          {diff.deltaBytes === null
            ? t('compare.summaryWhole', { from: diff.from.version, zip })
            : t('compare.summary', {
                from: diff.from.version,
                delta: formatBytes(diff.deltaBytes, i18n.language),
                zip,
              })}
        </p>
        <p className={styles.muted}>
          {total === 0
            ? t('compare.same')
            : t('compare.counts', {
                added: count(added.length),
                changed: count(changed.length),
                removed: count(removed.length),
                unchanged: count(unchanged),
              })}
        </p>
      </div>
      {total > 0 && (
        <>
          <TextInput
            className={styles.filter}
            aria-label={t('compare.filter')}
            placeholder={t('compare.filter')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {rows.length === 0 ? (
            <p className={styles.muted}>{t('compare.noMatch', { text })}</p>
          ) : (
            <CompareTable
              rows={rows}
              pair={{ appId, from: diff.from.releaseId, to: diff.to.releaseId }}
              hasDelta={diff.deltaBytes !== null}
            />
          )}
        </>
      )}
    </>
  );
}

function ExportButton({ diff }: { readonly diff: ReleaseDiff }) {
  const { t } = useTranslation('delta');
  return (
    <Button
      leftSection={<Download size={14} aria-hidden="true" />}
      onClick={() =>
        saveTextFile(
          `${diff.from.version}_${diff.to.version}.json`,
          [JSON.stringify(diff, null, 2), '\n'],
          'application/json',
        )
      }
    >
      {t('compare.export')}
    </Button>
  );
}
