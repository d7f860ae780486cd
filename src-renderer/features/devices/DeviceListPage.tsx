import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { PageOfApp } from '#renderer/components/PageOfApp.tsx';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { filterDevices, sortDevices, type SortOrder } from './device-order.ts';
import { searchableState } from './device-words.ts';
import { DeviceTable } from './DeviceTable.tsx';
import { AddVirtualDevice } from './virtual/AddVirtualDevice.tsx';
import { RunVirtualDevices } from './virtual/RunVirtualDevices.tsx';

import styles from './DeviceListPage.module.css';

export function DeviceListPage() {
  const { t } = useTranslation('devices');
  const none = { title: t('empty.noApp'), hint: t('empty.noAppHint'), action: t('empty.addApp') };
  return (
    <PageOfApp title={t('title')} none={none}>
      {(app) => <DevicesOfApp app={app} />}
    </PageOfApp>
  );
}

function DevicesOfApp({ app }: { readonly app: App }) {
  const { t, i18n } = useTranslation(['devices', 'common', 'virtual']);
  const api = useApi();
  const [, navigate] = useLocation();
  const { data: devices, error, refetch } = useQuery(deviceListQuery(api, app.appId));
  const [text, setText] = useState('');
  const [order, setOrder] = useState<SortOrder>({ column: 'lastSeen', isDescending: true });

  const shown = filterDevices(devices ?? [], text, (device) => searchableState(device.state, t));
  const sorted = sortDevices(shown, order);
  const total = devices?.length ?? 0;
  const number = (value: number) => value.toLocaleString(i18n.language);
  return (
    <Page
      title={t('title')}
      subtitle={
        shown.length === total
          ? t('count', { count: total })
          : t('shown', { shown: number(shown.length), total: t('count', { count: total }) })
      }
      actions={
        devices !== undefined &&
        devices.length > 0 && (
          <>
            <Button onClick={() => openLayer('virtual-add')}>{t('virtual:addAction')}</Button>
            <Button onClick={() => openLayer('virtual-run')}>{t('virtual:runAction')}</Button>
            <TextInput
              className={styles.filter}
              type="search"
              value={text}
              placeholder={t('filterHint')}
              aria-label={t('filter')}
              leftSection={<Search size={14} aria-hidden="true" />}
              rightSection={
                text !== '' && (
                  <ActionIcon size="xs" aria-label={t('clearFilter')} onClick={() => setText('')}>
                    <X size={14} aria-hidden="true" />
                  </ActionIcon>
                )
              }
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setText('')}
            />
          </>
        )
      }
    >
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {devices?.length === 0 && (
        <EmptyState
          title={t('empty.title', { name: app.name })}
          hint={t('empty.hint')}
          actions={
            <>
              <Button variant="filled" onClick={() => navigate('/connect')}>
                {t('empty.connect')}
              </Button>
              <Button onClick={() => openLayer('virtual-add')}>{t('virtual:addAction')}</Button>
            </>
          }
        />
      )}
      {devices !== undefined && devices.length > 0 && sorted.length === 0 && (
        <EmptyState
          title={t('empty.noMatch', { text })}
          actions={<Button onClick={() => setText('')}>{t('clearFilter')}</Button>}
        />
      )}
      {sorted.length > 0 && <DeviceTable app={app} devices={sorted} order={order} onOrder={setOrder} />}
      <AddVirtualDevice appId={app.appId} />
      <RunVirtualDevices appId={app.appId} />
    </Page>
  );
}
