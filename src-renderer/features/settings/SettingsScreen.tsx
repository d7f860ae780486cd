import { SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Api } from '#contract/api.ts';
import type { InputOf } from '#contract/define.ts';
import type { Settings } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys, serverStatusQuery, settingsQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Page, Section } from '#renderer/components/Page.tsx';

import { DataFolderSection } from './DataFolderSection.tsx';
import { ListenerForm } from './ListenerForm.tsx';
import { LogRetentionSection } from './LogRetentionSection.tsx';
import { BackupSection } from './storage/BackupSection.tsx';
import { RetentionSection } from './storage/RetentionSection.tsx';
import { StorageSection } from './storage/StorageSection.tsx';

import styles from './SettingsScreen.module.css';

type Update = InputOf<Api['settings']['update']>;

export function SettingsScreen() {
  const { t } = useTranslation('settings');
  const api = useApi();
  const queryClient = useQueryClient();
  const settings = useQuery(settingsQuery(api));
  const status = useQuery(serverStatusQuery(api));
  const change = useMutation({
    mutationFn: (update: Update) => api.settings.update(update),
    onMutate(update) {
      // Colours change under the finger; the answer confirms them or puts them back.
      const { queryKey } = settingsQuery(api);
      const before = queryClient.getQueryData(queryKey);
      if (before !== undefined) {
        queryClient.setQueryData(queryKey, {
          ...before,
          ...(update.appearance === undefined ? {} : { appearance: update.appearance }),
          ...(update.language === undefined ? {} : { language: update.language }),
          log: {
            maxRows: update.log?.maxRows ?? before.log.maxRows,
            maxDays: update.log?.maxDays ?? before.log.maxDays,
          },
        });
      }
      return before;
    },
    onError(_error, _update, before) {
      if (before !== undefined) queryClient.setQueryData(settingsQuery(api).queryKey, before);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.settings }),
  });

  const failure = settings.error ?? status.error;
  const retry = () => void queryClient.invalidateQueries();
  return (
    <Page title={t('title')}>
      {failure !== null && <ErrorPanel error={failure} onRetry={retry} />}
      <div className={styles.sections}>
        {settings.data !== undefined && status.data !== undefined && (
          <ListenerForm
            // What is applied elsewhere comes in anew; what is typed here is not thrown away by an equal answer.
            key={JSON.stringify(settings.data.device)}
            settings={settings.data}
            status={status.data}
          />
        )}
        {status.data !== undefined && <DataFolderSection status={status.data} />}
        <StorageSection />
        <RetentionSection />
        {settings.data !== undefined && (
          <LogRetentionSection limits={settings.data.log} onChange={(log) => change.mutate({ log })} />
        )}
        <BackupSection />
        <Section title={t('look.title')}>
          {change.error !== null && <ErrorPanel error={change.error} />}
          <Choice
            label={t('look.scheme')}
            value={settings.data?.appearance ?? 'system'}
            options={[
              ['system', t('look.system')],
              ['light', t('look.light')],
              ['dark', t('look.dark')],
            ]}
            onChange={(appearance) => change.mutate({ appearance })}
          />
          <Choice
            label={t('look.language')}
            value={settings.data?.language ?? 'system'}
            options={[
              ['system', t('look.system')],
              ['en', t('look.english')],
              ['fr', t('look.french')],
            ]}
            onChange={(language) => change.mutate({ language })}
          />
        </Section>
        {status.data !== undefined && (
          <Section title={t('about.title')}>
            <KeyValue
              rows={[
                { label: t('about.version'), value: `Slipway ${status.data.version}` },
                { label: t('about.host'), value: t(`about.hostKind.${status.data.hostKind}`) },
                { label: t('about.licence'), value: 'MIT' },
              ]}
            />
          </Section>
        )}
      </div>
    </Page>
  );
}

type ChoiceProps<Value extends Settings['appearance'] | Settings['language']> = {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, ReactNode])[];
  readonly onChange: (value: Value) => void;
};

function Choice<Value extends Settings['appearance'] | Settings['language']>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange } = props;
  const labelId = useId();
  return (
    <div className={styles.choice}>
      <span id={labelId} className={styles.choiceLabel}>
        {label}
      </span>
      <SegmentedControl
        aria-labelledby={labelId}
        value={value}
        data={options.map(([value, label]) => ({ value, label }))}
        onChange={(next) => onChange(next)}
      />
    </div>
  );
}
