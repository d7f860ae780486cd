import { Autocomplete, Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { ServerStatus, Settings } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys, serverStatusQuery, settingsQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import styles from './SettingsScreen.module.css';

type Props = { readonly settings: Settings; readonly status: ServerStatus };

/** Port and address of the device listener. Applied together, since each change closes what phones talk to. */
export function ListenerForm({ settings, status }: Props) {
  const { t } = useTranslation(['settings', 'frame']);
  const api = useApi();
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { host: settings.device.host, port: String(settings.device.port) },
    validateInputOnBlur: true,
    validate: {
      host: (value) => (value.trim() === '' ? t('server.hostMissing') : null),
      port: (value) => (isPort(value) ? null : t('server.portInvalid')),
    },
  });
  const apply = useMutation({
    async mutationFn({ host, port }: { readonly host: string; readonly port: string }) {
      const next = await api.settings.update({ device: { host: host.trim(), port: Number(port) } });
      return { settings: next, status: await api.server.restartDeviceListener({}) };
    },
    onSuccess(result) {
      queryClient.setQueryData(settingsQuery(api).queryKey, result.settings);
      queryClient.setQueryData(serverStatusQuery(api).queryKey, result.status);
      if (result.status.device.state === 'running') {
        announce(t('server.applied', { address: addressOf(result.status) }));
      }
    },
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: queryKeys.server }),
        queryClient.invalidateQueries({ queryKey: queryKeys.apps }),
      ]),
  });
  const { device } = status;
  return (
    <Section title={t('server.title')}>
      <p className={styles.intro}>{t('server.intro')}</p>
      <KeyValue
        rows={[
          {
            label: t('server.now'),
            value:
              device.state === 'running' ? (
                <StateWord isSentence tone="success">
                  {t('server.applied', { address: addressOf(status) })}
                </StateWord>
              ) : (
                <StateWord tone="danger">{t(`frame:server.${device.state}`)}</StateWord>
              ),
          },
        ]}
      />
      {device.error !== null && <ErrorPanel error={device.error} />}
      <form className={styles.fields} onSubmit={form.onSubmit((values) => apply.mutate(values))} noValidate>
        <Autocomplete
          className={styles.host}
          label={t('server.host')}
          description={t('server.hostHint')}
          data={['0.0.0.0', '127.0.0.1', ...status.addresses.map(({ address }) => address)].filter(isFirst)}
          filter={({ options }) => options}
          spellCheck={false}
          {...form.getInputProps('host')}
        />
        <TextInput
          className={styles.port}
          label={t('server.port')}
          description={t('server.portHint')}
          inputMode="numeric"
          spellCheck={false}
          {...form.getInputProps('port')}
        />
        <div className={styles.actions}>
          <Button
            type="submit"
            variant="filled"
            disabled={!form.isDirty() && device.state === 'running'}
            loading={apply.isPending}
          >
            {t('server.apply')}
          </Button>
          {form.isDirty() && <Button onClick={() => form.reset()}>{t('server.revert')}</Button>}
        </div>
      </form>
      {apply.error !== null && <ErrorPanel error={apply.error} />}
    </Section>
  );
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= 65_535;
}

function isFirst(value: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(value) === index;
}

function addressOf({ device }: ServerStatus): string {
  return `${device.host}:${device.port}`;
}
