import { Autocomplete, Button, Modal, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { appIdPattern } from '#contract/models/common.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { channelListQuery, keyListQuery, queryKeys } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { chooseApp, openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import dialog from '#renderer/components/dialog.module.css';
import styles from './WatchSection.module.css';

/** Empty where a choice of a key or channel is none; neither name can be. */
const NONE = '';

/** Which folder to watch, and what becomes of its builds. */
export function WatchDialog({ appId }: { readonly appId: string }) {
  const { t } = useTranslation(['watch', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'watch');
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      title={t('dialog.title')}
      size="38rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <WatchForm initialAppId={appId} onClose={() => openLayer(null)} />
    </Modal>
  );
}

function WatchForm({ initialAppId, onClose }: { readonly initialAppId: string; readonly onClose: () => void }) {
  const { t } = useTranslation(['watch', 'common']);
  const api = useApi();
  const { pickFolder } = useTransport();
  const queryClient = useQueryClient();
  const { apps } = useCurrentApp();
  const [pasted, setPasted] = useState('');
  const [appId, setAppId] = useState(initialAppId);
  const [channel, setChannel] = useState(NONE);
  const known = apps.find((app) => app.appId === appId);
  const [chosenKey, setChosenKey] = useState<string | null>(null);
  const [allowWarnings, setAllowWarnings] = useState(false);
  const [delta, setDelta] = useState(true);
  const channels = useQuery({ ...channelListQuery(api, appId), enabled: known !== undefined });
  const keys = useQuery(keyListQuery(api));
  const usable = (keys.data ?? []).filter(({ hasPrivate }) => hasPrivate);
  // As the last release: a plain one would be refused by phones that have a key.
  const key = chosenKey ?? known?.keyName ?? NONE;
  const path = pastedPath(pasted);
  const isReady = path !== '' && appIdPattern.test(appId.trim()) && !keys.isPending;
  const start = useMutation({
    mutationFn: () =>
      api.watches.add({
        appId: appId.trim(),
        path,
        channel: channel === NONE ? null : channel,
        key: key === NONE ? null : key,
        allowWarnings,
        delta,
      }),
    onSuccess(watch) {
      announce(t('dialog.started', { path: watch.path }));
      chooseApp(watch.appId);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.watches }),
  });
  const choose = useMutation({
    mutationFn: async () => {
      const folder = await pickFolder?.();
      if (typeof folder === 'string') setPasted(folder);
    },
  });
  return (
    <form
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !start.isPending) start.mutate();
      }}
    >
      <div className={styles.choose}>
        <TextInput
          label={t('dialog.path')}
          description={t('dialog.pathHint')}
          value={pasted}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setPasted(event.currentTarget.value)}
        />
        {pickFolder !== null && (
          <Button loading={choose.isPending} onClick={() => choose.mutate()}>
            {t('dialog.choose')}
          </Button>
        )}
      </div>
      <div className={styles.pair}>
        <Autocomplete
          label={t('dialog.app')}
          value={appId}
          data={apps.map((app) => app.appId)}
          filter={({ options }) => options}
          spellCheck={false}
          onChange={(next) => {
            setAppId(next);
            setChannel(NONE);
          }}
        />
        <Select
          label={t('dialog.channel')}
          value={channel}
          data={[
            { value: NONE, label: t('dialog.channelDefault') },
            ...(channels.data ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
          allowDeselect={false}
          checkIconPosition="right"
          onChange={(next) => setChannel(next ?? NONE)}
        />
        <Select
          label={t('dialog.key')}
          value={key}
          data={[
            { value: NONE, label: t('common:none') },
            ...usable.map(({ name, keyId }) => ({ value: name, label: `${name} · ${keyId.slice(12)}` })),
          ]}
          allowDeselect={false}
          checkIconPosition="right"
          onChange={(next) => setChosenKey(next ?? NONE)}
        />
      </div>
      <Switch
        label={t('dialog.warnings')}
        description={t('dialog.warningsHint')}
        checked={allowWarnings}
        onChange={(event) => setAllowWarnings(event.currentTarget.checked)}
      />
      <Switch
        label={t('dialog.delta')}
        description={t('dialog.deltaHint')}
        checked={delta}
        onChange={(event) => setDelta(event.currentTarget.checked)}
      />
      {keys.error !== null && <ErrorPanel error={keys.error} onRetry={() => void keys.refetch()} />}
      {start.error !== null && <ErrorPanel error={start.error} />}
      {choose.error !== null && <ErrorPanel error={choose.error} />}
      <div className={dialog.actions}>
        <Button onClick={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="filled" disabled={!isReady} loading={start.isPending}>
          {t('dialog.start')}
        </Button>
      </div>
    </form>
  );
}
