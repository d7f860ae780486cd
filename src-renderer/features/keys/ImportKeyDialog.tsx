import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { ApiClient } from '#contract/api.ts';
import { ApiError } from '#contract/errors.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { closeKeyImport, useKeyIntakeStore, type KeyOrigin } from '#renderer/stores/key-intake-store.ts';

import { KeyNameInput } from './CreateKeyDialog.tsx';
import { keyHref } from './key-route.ts';
import { KeyDialog, KeyForm } from './KeyDialog.tsx';

import styles from './KeyDialog.module.css';

type Source = Parameters<ApiClient['keys']['import']>[0]['source'];

/** Far above any PEM; what is larger is not read to find out that it is none. */
const KEY_FILE_LIMIT_BYTES = 64 * 1024;

/** Takes a key in, from text, a path or a dropped file. */
export function ImportKeyDialog() {
  const { t } = useTranslation('keys');
  const isOpen = useKeyIntakeStore((state) => state.isImporting);
  const origin = useKeyIntakeStore((state) => state.queue[0]);
  return (
    <KeyDialog isOpen={isOpen} onClose={closeKeyImport} title={t('import.title')} needsVault>
      <ImportForm key={origin?.name ?? ''} origin={origin ?? null} />
    </KeyDialog>
  );
}

function ImportForm({ origin }: { readonly origin: KeyOrigin | null }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { pickFolder } = useTransport();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [from, setFrom] = useState<'text' | 'path'>(origin?.kind === 'path' ? 'path' : 'text');
  const [pem, setPem] = useState('');
  const [path, setPath] = useState(origin?.kind === 'path' ? origin.path : '');
  const file = origin?.kind === 'file' ? origin.file : null;
  const pick = () => {
    pickFolder?.().then(
      (folder) => {
        if (folder !== null) setPath(folder);
      },
      (error: unknown) => announce(String(error), 'assertive'),
    );
  };

  const read = async (): Promise<Source> => {
    if (file !== null) return { kind: 'text', pem: await textOf(file) };
    return from === 'text' ? { kind: 'text', pem } : { kind: 'file', path: pastedPath(path) };
  };
  const isGiven = file !== null || (from === 'text' ? pem : path).trim() !== '';
  return (
    <KeyForm
      action={t('import.action')}
      isReady={isGiven && name.trim() !== ''}
      onClose={closeKeyImport}
      onSubmit={async () => {
        const key = await api.keys.import({ name: name.trim(), source: await read() });
        setPem('');
        announce(t('import.done', { name: key.name }));
        closeKeyImport();
        navigate(keyHref(key.name));
      }}
    >
      <p className={styles.intro}>{t('import.intro')}</p>
      <KeyNameInput value={name} onChange={setName} />
      {file !== null ? (
        <TextInput label={t('import.dropped')} value={file.name} readOnly />
      ) : (
        <>
          <SegmentedControl
            aria-label={t('import.from')}
            value={from}
            data={[
              { value: 'text', label: t('import.text') },
              { value: 'path', label: t('import.path') },
            ]}
            onChange={(value) => setFrom(value === 'path' ? 'path' : 'text')}
          />
          {from === 'text' ? (
            <Textarea
              className={styles.pem ?? ''}
              label={t('import.pem')}
              description={t('import.pemHint')}
              placeholder="-----BEGIN RSA PRIVATE KEY-----"
              value={pem}
              rows={6}
              maxLength={KEY_FILE_LIMIT_BYTES}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setPem(event.currentTarget.value)}
            />
          ) : (
            <>
              <TextInput
                label={t('import.pathLabel')}
                description={t('path.hint')}
                value={path}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => setPath(event.currentTarget.value)}
              />
              {pickFolder !== null && (
                <div>
                  <Button onClick={pick}>{t('import.pick')}</Button>
                </div>
              )}
            </>
          )}
        </>
      )}
    </KeyForm>
  );
}

async function textOf(file: File): Promise<string> {
  if (file.size > KEY_FILE_LIMIT_BYTES) throw new ApiError({ code: 'KEY_FILE_TOO_LARGE', params: {} });
  return await file.text().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError({ code: 'SOURCE_UNREADABLE', params: { path: file.name, reason } });
  });
}
