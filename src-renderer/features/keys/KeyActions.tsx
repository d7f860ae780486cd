import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Key } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyProjectsQuery } from '#renderer/api/queries.ts';
import { pastedPath } from '#renderer/components/local-path.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import { KeyNameInput } from './CreateKeyDialog.tsx';
import { keyHref } from './key-route.ts';
import { KeyDialog, KeyForm } from './KeyDialog.tsx';
import { appNames, deviceNames, releaseNames } from './used-by.ts';

import styles from './KeyDialog.module.css';

export type KeyAction = 'rename' | 'delete' | 'export';

type Props = {
  readonly keyOf: Key;
  readonly onClose: () => void;
};

/** What can be done with one key, each in its dialog. */
export function KeyActions({ action, ...props }: Props & { readonly action: KeyAction | null }) {
  const { t } = useTranslation('keys');
  const { keyOf, onClose } = props;
  const { name } = keyOf;
  return (
    <>
      <KeyDialog isOpen={action === 'rename'} onClose={onClose} title={t('rename.title', { name })}>
        <RenameForm {...props} />
      </KeyDialog>
      <KeyDialog isOpen={action === 'export'} onClose={onClose} title={t('exportPrivate.title', { name })} needsVault>
        <ExportForm {...props} />
      </KeyDialog>
      <KeyDialog isOpen={action === 'delete'} onClose={onClose} title={t('delete.title', { name })}>
        <DeleteForm {...props} />
      </KeyDialog>
    </>
  );
}

function RenameForm({ keyOf, onClose }: Props) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const [, navigate] = useLocation();
  const [name, setName] = useState(keyOf.name);
  return (
    <KeyForm
      action={t('rename.action')}
      isReady={name.trim() !== '' && name.trim() !== keyOf.name}
      onClose={onClose}
      onSubmit={async () => {
        const renamed = await api.keys.rename({ name: keyOf.name, newName: name.trim() });
        announce(t('rename.done', { name: renamed.name }));
        onClose();
        navigate(keyHref(renamed.name), { replace: true });
      }}
    >
      <KeyNameInput value={name} onChange={setName} />
    </KeyForm>
  );
}

function ExportForm({ keyOf, onClose }: Props) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const [out, setOut] = useState('');
  const [isUnderstood, setIsUnderstood] = useState(false);
  const path = pastedPath(out);
  return (
    <KeyForm
      action={t('exportPrivate.action')}
      isReady={isUnderstood && path !== ''}
      isDestructive
      onClose={onClose}
      onSubmit={async () => {
        const written = await api.keys.exportPrivate({ name: keyOf.name, out: path });
        announce(t('exportPrivate.done', { path: written.path }));
        onClose();
      }}
    >
      <p className={styles.warning}>{t('exportPrivate.warning')}</p>
      <OutInput value={out} onChange={setOut} />
      <Checkbox
        label={t('exportPrivate.understood')}
        checked={isUnderstood}
        onChange={(event) => setIsUnderstood(event.currentTarget.checked)}
      />
    </KeyForm>
  );
}

export function OutInput({ value, onChange }: { readonly value: string; readonly onChange: (path: string) => void }) {
  const { t } = useTranslation('keys');
  return (
    <TextInput
      label={t('path.out')}
      description={`${t('path.hint')} ${t('path.newFile')}`}
      value={value}
      spellCheck={false}
      autoComplete="off"
      data-autofocus
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function DeleteForm({ keyOf, onClose }: Props) {
  const { t, i18n } = useTranslation('keys');
  const api = useApi();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const { name, hasPrivate, usedBy } = keyOf;
  const { releases, apps, devices } = usedBy;
  const { data: projects = [] } = useQuery(keyProjectsQuery(api));
  const configs = projects.filter(({ keyId }) => keyId === keyOf.keyId).map(({ configPath }) => configPath);
  const isInUse = releases.length + apps.length + devices.length + configs.length > 0;
  return (
    <KeyForm
      action={t('delete.action', { name })}
      isReady={!isInUse || typed.trim() === name}
      isDestructive
      onClose={onClose}
      onSubmit={async () => {
        await api.keys.delete({ name, force: isInUse });
        announce(t('delete.done', { name }));
        onClose();
        navigate('/keys');
      }}
    >
      <p>{t(hasPrivate ? 'delete.private' : 'delete.public')}</p>
      {isInUse && (
        <>
          <ul className={styles.list}>
            {releases.length > 0 && (
              <li>{t('delete.releases', { count: releases.length, names: releaseNames(releases, i18n.language) })}</li>
            )}
            {configs.length > 0 && <li>{t('delete.projects', { names: appNames(configs, i18n.language) })}</li>}
            {apps.length > 0 && <li>{t('delete.apps', { names: appNames(apps, i18n.language) })}</li>}
            {devices.length > 0 && (
              <li>{t('delete.devices', { count: devices.length, names: deviceNames(devices, i18n.language) })}</li>
            )}
          </ul>
          <TextInput
            label={t('delete.typeName', { name })}
            value={typed}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      )}
    </KeyForm>
  );
}
