import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { useApi } from '#renderer/api/api-context.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import { keyHref } from './key-route.ts';
import { KeyDialog, KeyForm } from './KeyDialog.tsx';

import styles from './KeyDialog.module.css';

type Props = { readonly isOpen: boolean; readonly onClose: () => void };

export function CreateKeyDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation('keys');
  return (
    <KeyDialog isOpen={isOpen} onClose={onClose} title={t('create.title')} needsVault>
      <CreateForm onClose={onClose} />
    </KeyDialog>
  );
}

function CreateForm({ onClose }: Pick<Props, 'onClose'>) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  return (
    <KeyForm
      action={t('create.action')}
      isReady={name.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const key = await api.keys.create({ name: name.trim() });
        announce(t('create.done', { name: key.name }));
        onClose();
        navigate(keyHref(key.name));
      }}
    >
      <p className={styles.intro}>{t('create.intro')}</p>
      <KeyNameInput value={name} onChange={setName} />
    </KeyForm>
  );
}

export function KeyNameInput({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (name: string) => void;
}) {
  const { t } = useTranslation('keys');
  return (
    <TextInput
      label={t('name')}
      description={t('nameHint')}
      value={value}
      maxLength={60}
      spellCheck={false}
      autoComplete="off"
      data-autofocus
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
