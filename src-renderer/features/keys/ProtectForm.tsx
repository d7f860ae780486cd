import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { beginInside } from '#renderer/components/initial-focus.ts';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { isNewPassphrase } from '#renderer/components/passphrase/new-passphrase.ts';
import { NewPassphrase } from '#renderer/components/passphrase/NewPassphrase.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import dialog from '#renderer/components/dialog.module.css';
import styles from './KeyDialog.module.css';

/** Sets a passphrase for the private keys; where there is no keychain and none was chosen yet, or does without. */
export function ProtectForm({
  backend,
  isChoice,
  onDone,
}: {
  /** Name of a keychain that is none. */
  readonly backend: string | null;
  readonly isChoice: boolean;
  /** Closes the dialog that it is in. */
  readonly onDone?: () => void;
}) {
  const { t } = useTranslation(['vault', 'common']);
  const api = useApi();
  const queryClient = useQueryClient();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const choose = useMutation({
    mutationFn: (how: 'passphrase' | 'file') =>
      how === 'passphrase' ? api.vault.protect({ passphrase }) : api.vault.unprotect({}),
    gcTime: 0,
    onSuccess: async (_, how) => {
      setPassphrase('');
      setAgain('');
      announce(t(how === 'passphrase' ? 'protected' : 'unprotected'));
      await queryClient.invalidateQueries({ queryKey: queryKeys.keys });
      onDone?.();
    },
  });
  const isReady = isNewPassphrase(passphrase, again);
  return (
    <form
      ref={beginInside}
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !choose.isPending) choose.mutate('passphrase');
      }}
    >
      {isChoice && <p className={styles.intro}>{t('undecidedHint', { backend: backend ?? '' })}</p>}
      <p className={styles.intro}>{t('protectHint')}</p>
      <NewPassphrase value={passphrase} again={again} onChange={setPassphrase} onAgain={setAgain} />
      {choose.error !== null && <KeyErrorPanel error={choose.error} />}
      <div className={dialog.actions}>
        {onDone && <Button onClick={onDone}>{t('common:cancel')}</Button>}
        {isChoice && (
          <Button loading={choose.isPending} onClick={() => choose.mutate('file')}>
            {t('keepFile')}
          </Button>
        )}
        <Button type="submit" variant="filled" disabled={!isReady} loading={choose.isPending}>
          {t('protectAction')}
        </Button>
      </div>
    </form>
  );
}
