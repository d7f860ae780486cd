import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';

import type { Rotation } from '#contract/models/rotation.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { rotationListQuery } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { EmptyState } from '#renderer/components/EmptyState.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';
import { chooseApp } from '#renderer/stores/ui-store.ts';

import { keyHref } from './key-route.ts';
import { RetireStep } from './RetireStep.tsx';
import { RotationConfigStep } from './RotationConfigStep.tsx';
import { Step } from './RotationStep.tsx';
import { TellButton } from './TellButton.tsx';

import styles from './RotationPage.module.css';

/** The change of an app's key, step by step; what was done is kept by the core and survives a restart. */
export function RotationPage({ appId }: { readonly appId: string }) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const { data: rotations, error, refetch } = useQuery(rotationListQuery(api));
  const back = { href: '/keys', label: t('back') };
  const rotation = rotations?.find((known) => known.appId === appId);
  if (rotation !== undefined) return <LoadedPage rotation={rotation} back={back} />;
  return (
    <Page title={t('title', { app: appId })} back={back}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {rotations !== undefined && <EmptyState title={t('gone', { app: appId })} />}
    </Page>
  );
}

type LoadedProps = { readonly rotation: Rotation; readonly back: { readonly href: string; readonly label: string } };

function LoadedPage({ rotation, back }: LoadedProps) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const [, navigate] = useLocation();
  const [isGivingUp, setIsGivingUp] = useState(false);
  const { appId, oldKey, newKey, done, next, startedAt } = rotation;
  return (
    <Page
      title={t('title', { app: appId })}
      back={back}
      subtitle={
        <span>
          {t('subtitle', { old: oldKey.name, new: newKey.name })} <RelativeTime at={startedAt} />
        </span>
      }
      actions={<Button onClick={() => setIsGivingUp(true)}>{t('abandon.action')}</Button>}
    >
      <ol className={styles.steps}>
        <Step number={1} title={t('key.title')} done="seen" isCurrent={false}>
          <p>{t('key.body', { name: newKey.name, keyId: newKey.keyId })}</p>
          <Link href={keyHref(newKey.name)}>{t('key.open', { name: newKey.name })}</Link>
        </Step>
        <Step number={2} title={t('config.title')} done={done.config} isCurrent={next === 'config'}>
          <RotationConfigStep rotation={rotation} />
        </Step>
        <Step number={3} title={t('native.title')} done={done.native} isCurrent={next === 'native'}>
          <p>{t('native.body')}</p>
          <CopyText value="npx cap sync" label={t('native.title')} />
          {done.native !== 'seen' && <TellButton rotation={rotation} step="native" />}
        </Step>
        <Step number={4} title={t('devices.title')} done={done.devices} isCurrent={next === 'devices'}>
          <p>{t('devices.body')}</p>
          <DeviceCounts rotation={rotation} />
        </Step>
        <Step number={5} title={t('release.title')} done={done.release} isCurrent={next === 'release'}>
          <p>{t('release.body')}</p>
          {rotation.liveVersion !== null && (
            <StateWord tone="success">{t('release.live', { version: rotation.liveVersion })}</StateWord>
          )}
          <Link href="/release" onClick={() => chooseApp(appId)}>
            {t('release.go')}
          </Link>
        </Step>
        <Step number={6} title={t('retire.title')} done={null} isCurrent={next === null}>
          <RetireStep rotation={rotation} />
        </Step>
      </ol>
      <ConfirmDialog
        isOpen={isGivingUp}
        onClose={() => setIsGivingUp(false)}
        title={t('abandon.title', { app: appId })}
        confirmLabel={t('abandon.confirm')}
        onConfirm={async () => {
          await api.rotations.abandon({ appId });
          announce(t('abandon.done', { app: appId }));
          navigate(keyHref(oldKey.name));
        }}
      >
        {t('abandon.body')}
      </ConfirmDialog>
    </Page>
  );
}

function DeviceCounts({ rotation }: { readonly rotation: Rotation }) {
  const { t } = useTranslation('rotation');
  const { withNew, withOld, others } = rotation.devices;
  return (
    <div className={styles.row}>
      <StateWord tone={withNew > 0 ? 'success' : 'neutral'}>{t('devices.withNew', { count: withNew })}</StateWord>
      <StateWord tone={withOld > 0 ? 'warning' : 'neutral'}>{t('devices.withOld', { count: withOld })}</StateWord>
      {others > 0 && <StateWord tone="neutral">{t('devices.others', { count: others })}</StateWord>}
      <Link href="/devices" onClick={() => chooseApp(rotation.appId)}>
        {t('devices.see')}
      </Link>
    </div>
  );
}
