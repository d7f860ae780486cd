import { SegmentedControl, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Key } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import { KeyNameInput } from './CreateKeyDialog.tsx';
import { rotationHref } from './key-route.ts';
import { KeyDialog, KeyForm } from './KeyDialog.tsx';

import styles from './KeyDialog.module.css';

/** What a suffix leaves of the 60 characters of a key's name. */
const STEM = /^.{0,58}/u;

type Props = { readonly keyOf: Key; readonly onClose: () => void };

/** Begins the change of an app from this key to another. */
export function StartRotationDialog({ isOpen, ...props }: Props & { readonly isOpen: boolean }) {
  const { t } = useTranslation('rotation');
  return (
    <KeyDialog needsVault isOpen={isOpen} onClose={props.onClose} title={t('startTitle', { key: props.keyOf.name })}>
      <StartForm {...props} />
    </KeyDialog>
  );
}

function StartForm({ keyOf, onClose }: Props) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const [, navigate] = useLocation();
  const { app: current, apps } = useCurrentApp();
  const { data: keys = [] } = useQuery(keyListQuery(api));
  const others = keys.filter((key) => key.hasPrivate && key.retiredAt === null && key.name !== keyOf.name);
  const [chosenApp, setChosenApp] = useState<string | null>(null);
  const [isCreated, setIsCreated] = useState(true);
  const [name, setName] = useState(() => nextName(keyOf.name));
  const [chosenKey, setChosenKey] = useState<string | null>(null);
  const appId = chosenApp ?? keyOf.usedBy.apps[0] ?? current?.appId ?? null;
  const existing = chosenKey ?? others[0]?.name ?? null;
  const newKey = isCreated ? name.trim() : (existing ?? '');
  return (
    <KeyForm
      action={t('startAction')}
      isReady={appId !== null && newKey !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const rotation = await api.rotations.start({ appId: appId ?? '', oldKey: keyOf.name, newKey, isCreated });
        announce(t('started', { app: rotation.appId }));
        onClose();
        navigate(rotationHref(rotation.appId));
      }}
    >
      <p className={styles.intro}>{t('startIntro')}</p>
      <Select
        label={t('app')}
        value={appId}
        data={apps.map((app) => app.appId)}
        description={apps.length === 0 ? t('noApp') : null}
        disabled={apps.length === 0}
        allowDeselect={false}
        onChange={setChosenApp}
      />
      <SegmentedControl
        aria-label={t('newKey')}
        value={isCreated ? 'create' : 'existing'}
        data={[
          { value: 'create', label: t('create') },
          { value: 'existing', label: t('existing'), disabled: others.length === 0 },
        ]}
        onChange={(value) => setIsCreated(value === 'create')}
      />
      {isCreated ? (
        <KeyNameInput value={name} onChange={setName} />
      ) : (
        <Select
          label={t('existingKey')}
          value={existing}
          data={others.map((key) => key.name)}
          allowDeselect={false}
          onChange={setChosenKey}
        />
      )}
    </KeyForm>
  );
}

/** `work` → `work 2`, `work 2` → `work 3`. */
function nextName(name: string): string {
  const match = /^(.*?) (\d{1,4})$/.exec(name);
  return match ? `${match[1]} ${Number(match[2]) + 1}` : `${STEM.exec(name)?.[0] ?? ''} 2`;
}
