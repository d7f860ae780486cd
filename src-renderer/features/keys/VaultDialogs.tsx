import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { DialogDone } from '#renderer/components/DialogDone.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { KnownPassphrase } from '#renderer/components/passphrase/KnownPassphrase.tsx';
import { isNewPassphrase } from '#renderer/components/passphrase/new-passphrase.ts';
import { NewPassphrase } from '#renderer/components/passphrase/NewPassphrase.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { OutInput } from './KeyActions.tsx';
import { KeyDialog, KeyForm } from './KeyDialog.tsx';
import { ProtectForm } from './ProtectForm.tsx';

import styles from './KeyDialog.module.css';

type Props = { readonly isOpen: boolean; readonly onClose: () => void };

/** All keys into one sealed file. */
export function BackupDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation('keys');
  return (
    <KeyDialog isOpen={isOpen} onClose={onClose} title={t('backup.title')} needsVault>
      <BackupForm onClose={onClose} />
    </KeyDialog>
  );
}

function BackupForm({ onClose }: Pick<Props, 'onClose'>) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const [out, setOut] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [done, setDone] = useState<{ readonly path: string; readonly keys: number } | null>(null);
  const path = pastedPath(out);
  if (done !== null) {
    return (
      <DialogDone onClose={onClose}>
        <StateWord isSentence tone="success">
          {t('backup.done', { count: done.keys, path: done.path })}
        </StateWord>
      </DialogDone>
    );
  }
  return (
    <KeyForm
      action={t('backup.action')}
      isReady={path !== '' && isNewPassphrase(passphrase, again)}
      onClose={onClose}
      onSubmit={async () => {
        const written = await api.keys.backup({ out: path, passphrase });
        setPassphrase('');
        setAgain('');
        setDone(written);
      }}
    >
      <p className={styles.intro}>{t('backup.intro')}</p>
      <OutInput value={out} onChange={setOut} />
      <NewPassphrase value={passphrase} again={again} onChange={setPassphrase} onAgain={setAgain} />
    </KeyForm>
  );
}

/** The keys of a backup that are not here yet. */
export function RestoreDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation('keys');
  return (
    <KeyDialog isOpen={isOpen} onClose={onClose} title={t('restore.title')} needsVault>
      <RestoreForm onClose={onClose} />
    </KeyDialog>
  );
}

function RestoreForm({ onClose }: Pick<Props, 'onClose'>) {
  const { t, i18n } = useTranslation(['keys', 'common']);
  const api = useApi();
  const [path, setPath] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [done, setDone] = useState<{ readonly added: string[]; readonly kept: string[] } | null>(null);
  const names = (list: readonly string[]) => new Intl.ListFormat(i18n.language).format(list);
  if (done !== null) {
    const added = done.added.length === 0 ? t('restore.addedNone') : t('restore.added', { names: names(done.added) });
    const kept = done.kept.length === 0 ? '' : t('restore.kept', { names: names(done.kept) });
    return (
      <DialogDone onClose={onClose}>
        <StateWord isSentence tone="success">
          {`${added} ${kept}`}
        </StateWord>
      </DialogDone>
    );
  }
  return (
    <KeyForm
      action={t('restore.action')}
      isReady={pastedPath(path) !== '' && passphrase !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const restored = await api.keys.restore({ path: pastedPath(path), passphrase });
        setPassphrase('');
        setDone(restored);
      }}
    >
      <p className={styles.intro}>{t('restore.intro')}</p>
      <TextInput
        label={t('restore.path')}
        description={t('path.hint')}
        value={path}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <KnownPassphrase label={t('common:passphrase.label')} value={passphrase} onChange={setPassphrase} />
    </KeyForm>
  );
}

/** A passphrase for the private keys, or another one. */
export function ProtectDialog({ isOpen, onClose, isChange }: Props & { readonly isChange: boolean }) {
  const { t } = useTranslation('vault');
  return (
    <KeyDialog needsVault isOpen={isOpen} onClose={onClose} title={t(isChange ? 'changeTitle' : 'setTitle')}>
      <ProtectForm backend={null} isChoice={false} onDone={onClose} />
    </KeyDialog>
  );
}
