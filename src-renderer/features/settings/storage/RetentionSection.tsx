import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Retention } from '#contract/models/storage.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys, retentionPreviewQuery, retentionQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import styles from './Storage.module.css';

const NAMED_VERSIONS = 5;

/** How long each app keeps its releases. */
export function RetentionSection() {
  const { t } = useTranslation('storage');
  const api = useApi();
  const { app: current, apps } = useCurrentApp();
  const [chosen, setChosen] = useState<string | null>(null);
  const appId = chosen ?? current?.appId ?? '';
  const { data, error, refetch } = useQuery({ ...retentionQuery(api, appId), enabled: appId !== '' });
  if (apps.length === 0) return null;
  return (
    <Section title={t('retention.title')}>
      <p className={styles.intro}>{t('retention.intro')}</p>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <Select
        label={t('retention.app')}
        value={appId}
        data={apps.map((app) => ({ value: app.appId, label: app.name }))}
        allowDeselect={false}
        checkIconPosition="right"
        maw="22rem"
        onChange={setChosen}
      />
      {data !== undefined && <RetentionForm key={`${appId} ${JSON.stringify(data)}`} appId={appId} saved={data} />}
    </Section>
  );
}

function RetentionForm({ appId, saved }: { readonly appId: string; readonly saved: Retention }) {
  const { t, i18n } = useTranslation('storage');
  const api = useApi();
  const queryClient = useQueryClient();
  const [count, setCount] = useState(saved.keepCount === null ? '' : String(saved.keepCount));
  const [days, setDays] = useState(saved.keepDays === null ? '' : String(saved.keepDays));
  const keepCount = limitOf(count, 10_000);
  const keepDays = limitOf(days, 3650);
  const isValid = keepCount !== undefined && keepDays !== undefined;
  const wanted = { keepCount: keepCount ?? null, keepDays: keepDays ?? null };
  const isChanged = wanted.keepCount !== saved.keepCount || wanted.keepDays !== saved.keepDays;
  const preview = useQuery({ ...retentionPreviewQuery(api, { appId, ...wanted }), enabled: isValid && isChanged });
  const apply = useMutation({
    mutationFn: () => api.storage.setRetention({ appId, ...wanted }),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: queryKeys.storage }),
        queryClient.invalidateQueries({ queryKey: queryKeys.releases(appId) }),
      ]),
  });
  const goes = preview.data?.releases ?? [];
  const names = goes.slice(0, NAMED_VERSIONS).map(({ version }) => version);
  const versions = new Intl.ListFormat(i18n.language).format(goes.length > NAMED_VERSIONS ? [...names, '…'] : names);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid && isChanged) apply.mutate();
      }}
    >
      <div className={styles.fields}>
        <TextInput
          label={t('retention.count')}
          placeholder={t('retention.everything')}
          value={count}
          inputMode="numeric"
          error={keepCount === undefined && t('retention.invalid')}
          onChange={(event) => setCount(event.currentTarget.value)}
        />
        <TextInput
          label={t('retention.days')}
          placeholder={t('retention.everything')}
          value={days}
          inputMode="numeric"
          error={keepDays === undefined && t('retention.invalid')}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
      </div>
      {isChanged && preview.data !== undefined && (
        <p aria-live="polite">
          {goes.length === 0 ? t('retention.removesNone') : t('retention.removes', { count: goes.length, versions })}{' '}
          {preview.data.inUse > 0 && t('retention.inUse', { count: preview.data.inUse })}
        </p>
      )}
      {preview.error !== null && <ErrorPanel error={preview.error} />}
      {apply.error !== null && <ErrorPanel error={apply.error} />}
      <div className={styles.line}>
        <Button
          type="submit"
          color={goes.length > 0 ? 'red' : 'blue'}
          variant="filled"
          disabled={!isValid || !isChanged || preview.isFetching}
          loading={apply.isPending}
        >
          {t('retention.apply')}
        </Button>
        {apply.isSuccess && !isChanged && <StateWord tone="success">{t('retention.applied')}</StateWord>}
      </div>
    </form>
  );
}

/** Null for an empty field: no limit. Undefined for what is no limit. */
function limitOf(text: string, most: number): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const value = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : 0;
  return value >= 1 && value <= most ? value : undefined;
}
