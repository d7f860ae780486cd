import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { ApiError } from '#contract/errors.ts';
import type { App } from '#contract/models/app.ts';
import type { Device, DeviceState } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceQuery, virtualDeviceListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page, Section } from '#renderer/components/Page.tsx';
import { PlatformWord, RealityMark } from '#renderer/components/PlatformWord.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { WhyPanel } from '#renderer/components/why/WhyPanel.tsx';
import { statCause } from '#renderer/i18n/activity-text.ts';

import { CheckNow } from './CheckNow.tsx';
import { DeviceFacts } from './DeviceFacts.tsx';
import { DeviceStateSentence } from './DeviceStateSentence.tsx';
import { DeviceTimeline } from './DeviceTimeline.tsx';
import { FailedVersions } from './FailedVersions.tsx';
import { ForgetDevice } from './ForgetDevice.tsx';
import { OverrideSection } from './OverrideSection.tsx';
import { RenameDevice } from './RenameDevice.tsx';
import { RemoveVirtualDevice } from './virtual/RemoveVirtualDevice.tsx';
import { VirtualSection } from './virtual/VirtualSection.tsx';

import styles from './DevicePage.module.css';

export function DevicePage({ deviceId }: { readonly deviceId: string }) {
  const { app, isLoading } = useCurrentApp();
  if (app !== null) return <DeviceOfApp app={app} deviceId={deviceId} />;
  return isLoading ? null : <UnknownDevice />;
}

function DeviceOfApp({ app, deviceId }: { readonly app: App; readonly deviceId: string }) {
  const { t } = useTranslation(['devices', 'common']);
  const api = useApi();
  const { data: device, error, refetch } = useQuery(deviceQuery(api, app.appId, deviceId));
  if (error instanceof ApiError && error.code === 'DEVICE_NOT_FOUND') return <UnknownDevice />;
  if (error !== null) {
    return (
      <Page title={t('title')} back={{ href: '/devices', label: t('all') }}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return device === undefined ? null : <KnownDevice device={device} />;
}

function KnownDevice({ device }: { readonly device: Device }) {
  const { t, i18n } = useTranslation(['devices', 'common', 'virtual', 'trace']);
  const api = useApi();
  const { data: added = [] } = useQuery({
    ...virtualDeviceListQuery(api, device.appId),
    enabled: device.isVirtual,
  });
  const virtual = added.find(({ deviceId }) => deviceId === device.deviceId);
  const [, navigate] = useLocation();
  const [dialog, setDialog] = useState<'rename' | 'forget' | null>(null);
  const close = () => setDialog(null);
  const cause = likelyCause(device.state, i18n.language);
  return (
    <Page
      title={deviceName(device)}
      back={{ href: '/devices', label: t('all') }}
      subtitle={
        <>
          <PlatformWord platform={device.platform} />
          <RealityMark isVirtual={device.isVirtual} isEmulator={device.isEmulator} />
          <span>
            {t('page.lastSeen')} <RelativeTime at={device.lastSeenAt} />
          </span>
        </>
      }
      actions={
        <>
          <Button onClick={() => navigate(`/activity/device/${encodeURIComponent(device.deviceId)}`)}>
            {t('page.activity')}
          </Button>
          <Button onClick={() => setDialog('rename')}>{t('page.rename')}</Button>
          <Button onClick={() => setDialog('forget')}>
            {virtual === undefined ? t('page.forget') : t('virtual:remove.action')}
          </Button>
        </>
      }
    >
      <div className={styles.now} role="status" aria-label={t('page.now')}>
        <DeviceStateSentence state={device.state} isDetailed />
        {cause !== null && (
          <p className={styles.cause}>
            {t('page.cause')}
            {t('common:colon')} {cause}
          </p>
        )}
      </div>
      <div className={styles.columns}>
        <div className={styles.timeline}>
          <Section title={t('trace:title')}>
            <WhyPanel appId={device.appId} deviceId={device.deviceId} />
          </Section>
          {virtual !== undefined && <VirtualSection device={virtual} />}
          <Section title={t('page.timeline')}>
            <DeviceTimeline device={device} />
          </Section>
        </div>
        <div className={styles.facts}>
          <OverrideSection device={device} />
          <FailedVersions device={device} />
          <Section title={t('page.facts')}>
            <DeviceFacts device={device} />
          </Section>
          <CheckNow device={device} />
        </div>
      </div>
      <RenameDevice device={device} isOpen={dialog === 'rename'} onClose={close} />
      {virtual === undefined ? (
        <ForgetDevice device={device} isOpen={dialog === 'forget'} onClose={close} />
      ) : (
        <RemoveVirtualDevice device={device} isOpen={dialog === 'forget'} onClose={close} />
      )}
    </Page>
  );
}

/** What most often leads to a failure, and what helps. */
function likelyCause(state: DeviceState, language: string): string | null {
  if (state.kind === 'failed') return statCause(state.action, state.version, language);
  return state.kind === 'rolled_back' ? statCause('update_fail', state.version, language) : null;
}

function UnknownDevice() {
  const { t } = useTranslation(['devices', 'common']);
  const [, navigate] = useLocation();
  return (
    <Page title={t('title')} back={{ href: '/devices', label: t('all') }}>
      <EmptyState
        title={t('page.gone')}
        hint={t('page.goneHint')}
        actions={<Button onClick={() => navigate('/devices')}>{t('all')}</Button>}
      />
    </Page>
  );
}
