import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import {
  collectResultSchema,
  verifyResultSchema,
  type StorageFinding,
  type StorageUsage,
} from '#contract/models/storage.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys, storageUsageQuery } from '#renderer/api/queries.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { RunningJob } from '#renderer/components/job-form/RunningJob.tsx';
import { useJobRun } from '#renderer/components/job-form/use-job-run.ts';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { storageSentences } from '#renderer/i18n/failure-text.ts';
import { formatBytes, formatNumber } from '#renderer/i18n/format.ts';

import table from '#renderer/components/table.module.css';
import styles from './Storage.module.css';

const tones = { error: 'danger', warning: 'warning', info: 'info' } as const;

/** What is stored and for whom, the clean-up, and the check of every file. */
export function StorageSection() {
  const { t, i18n } = useTranslation('storage');
  const api = useApi();
  const queryClient = useQueryClient();
  const { data: usage, error, refetch } = useQuery(storageUsageQuery(api));
  const collect = useJobRun(() => api.storage.collect({}), collectResultSchema);
  const verify = useJobRun(() => api.storage.verify({}), verifyResultSchema);
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  const isCleaned = collect.result !== null;
  useEffect(() => {
    if (isCleaned) void queryClient.invalidateQueries({ queryKey: queryKeys.storage });
  }, [isCleaned, queryClient]);
  return (
    <Section title={t('title')}>
      <p className={styles.intro}>{t('intro')}</p>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {usage !== undefined && <UsageTable usage={usage} />}
      <div className={styles.line}>
        <Button size="xs" disabled={verify.isRunning} onClick={verify.start}>
          {t('verify')}
        </Button>
        <Button size="xs" disabled={collect.isRunning} onClick={collect.start}>
          {t('clean')}
        </Button>
        {usage !== undefined && usage.unusedBytes > 0 && (
          <span className={styles.fix}>{t('unused', { size: size(usage.unusedBytes) })}</span>
        )}
      </div>
      <RunningJob run={verify} label={t('verifying')} />
      <RunningJob run={collect} label={t('cleaning')} />
      <div role="status">
        {collect.result !== null && (
          <StateWord isSentence tone="success">
            {collect.result.bytes > 0 ? t('cleaned', { size: size(collect.result.bytes) }) : t('nothing')}{' '}
            {collect.result.tooNew > 0 && t('tooNew', { count: collect.result.tooNew })}
          </StateWord>
        )}
        {verify.result?.ok === true && (
          <StateWord isSentence tone="success">
            {t('sound', { count: verify.result.checked, size: size(verify.result.bytes) })}
          </StateWord>
        )}
        {verify.result?.ok === false && (
          <StateWord isSentence tone="danger">
            {t('broken', { count: verify.result.findings.filter(({ severity }) => severity === 'error').length })}
          </StateWord>
        )}
      </div>
      {verify.result !== null && <StoreFindings findings={verify.result.findings} />}
      {verify.error !== null && <ErrorPanel error={verify.error} />}
      {collect.error !== null && <ErrorPanel error={collect.error} />}
    </Section>
  );
}

function UsageTable({ usage }: { readonly usage: StorageUsage }) {
  const { t, i18n } = useTranslation('storage');
  const sizes = {
    store: formatBytes(usage.storeBytes, i18n.language),
    database: formatBytes(usage.databaseBytes, i18n.language),
  };
  return (
    <>
      {usage.apps.length === 0 ? (
        <p className={styles.intro}>{t('none')}</p>
      ) : (
        <div className={table.scroll}>
          <table className={table.table} aria-label={t('table')}>
            <thead>
              <tr>
                <th scope="col" className={table.grow}>
                  {t('app')}
                </th>
                <th scope="col" className={table.number}>
                  {t('releases')}
                </th>
                <th scope="col" className={table.number}>
                  {t('zips')}
                </th>
                <th scope="col" className={table.number}>
                  {t('delta')}
                </th>
                <th scope="col" className={table.number} title={t('sharedHint')}>
                  {t('shared')}
                </th>
              </tr>
            </thead>
            <tbody>
              {usage.apps.map((app) => (
                <tr key={app.appId}>
                  <td className={table.grow} title={app.appId}>
                    {app.name}
                  </td>
                  <td className={table.number}>{formatNumber(app.releases, i18n.language)}</td>
                  <td className={table.number}>
                    <Bytes value={app.zipBytes} />
                  </td>
                  <td className={table.number}>
                    <Bytes value={app.deltaBytes} />
                  </td>
                  <td className={table.number}>
                    <Bytes value={app.sharedBytes} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.fix}>
        {usage.freeBytes === null
          ? t('totalNoDisk', sizes)
          : t('total', { ...sizes, free: formatBytes(usage.freeBytes, i18n.language) })}
      </p>
    </>
  );
}

function StoreFindings({ findings }: { readonly findings: readonly StorageFinding[] }) {
  const { i18n } = useTranslation();
  if (findings.length === 0) return null;
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => {
        const { message, fix } = storageSentences(finding, i18n.language);
        return (
          <li key={`${finding.code} ${finding.file}`} className={styles.finding}>
            <StateWord isSentence tone={tones[finding.severity]}>
              {message}
            </StateWord>
            {finding.file !== '' && <code>{finding.file}</code>}
            <span className={styles.fix}>{fix}</span>
          </li>
        );
      })}
    </ul>
  );
}
