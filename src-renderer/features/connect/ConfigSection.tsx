import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { CodeBlock } from '#renderer/components/CodeBlock.tsx';
import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import type { AddressChoice } from './address-choices.ts';
import { chooseFormat, useConnectStore } from './connect-store.ts';

import styles from './sections.module.css';

/** The fragment for capacitor.config with all three URLs. */
export function ConfigSection({ app, choice }: { readonly app: App; readonly choice: AddressChoice }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const format = useConnectStore((state) => state.format);
  const { address } = choice;
  const { data, error, refetch } = useQuery({
    // Below the apps: a new token or port makes other URLs.
    queryKey: [...queryKeys.apps, 'config', app.appId, format, address, app.token, choice.origin],
    queryFn: ({ signal }) => api.projects.config({ appId: app.appId, format, address }, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Section
      title={t('config.title')}
      aside={
        <SegmentedControl
          aria-label={t('config.format')}
          value={format}
          data={[
            { value: 'json', label: t('config.json') },
            { value: 'ts', label: t('config.ts') },
          ]}
          onChange={(value) => chooseFormat(value === 'ts' ? 'ts' : 'json')}
        />
      }
    >
      <p className={styles.intro}>{t('config.intro')}</p>
      <div className={styles.done}>
        <StateWord isSentence tone="neutral" icon={KeyRound}>
          {app.keyName === null ? t('config.noKey') : t('config.withKey', { key: app.keyName })}
        </StateWord>
        <Link href={app.keyName === null ? '/keys' : `/keys/key/${encodeURIComponent(app.keyName)}`}>
          {t('config.openKey')}
        </Link>
      </div>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && error === null && (
        <div className={styles.block}>
          <div className={styles.blockHead}>
            <code>{t(format === 'json' ? 'config.jsonFile' : 'config.tsFile')}</code>
            <CopyButton value={data.text}>{t('config.copy')}</CopyButton>
          </div>
          <CodeBlock label={t('config.title')}>{data.text}</CodeBlock>
        </div>
      )}
    </Section>
  );
}
