import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import { ErrorPanel } from './ErrorPanel.tsx';

import styles from './UnlockVault.module.css';

/** Asks for the passphrase of the private keys. */
export function UnlockVault({ onUnlocked }: { readonly onUnlocked?: () => void }) {
  const { t } = useTranslation('vault');
  const api = useApi();
  const queryClient = useQueryClient();
  const [passphrase, setPassphrase] = useState('');
  // Takes no variables and is forgotten at once: what was entered opens every key.
  const unlock = useMutation({
    mutationFn: () => api.vault.unlock({ passphrase }),
    gcTime: 0,
    onSuccess: async () => {
      setPassphrase('');
      announce(t('unlocked'));
      await queryClient.invalidateQueries({ queryKey: queryKeys.keys });
      onUnlocked?.();
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        // The form may stand within another one.
        event.stopPropagation();
        if (passphrase !== '' && !unlock.isPending) unlock.mutate();
      }}
    >
      <p className={styles.words}>{t('lockedHint')}</p>
      <div className={styles.row}>
        <PasswordInput
          className={styles.input ?? ''}
          label={t('passphrase')}
          value={passphrase}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <Button type="submit" variant="filled" disabled={passphrase === ''} loading={unlock.isPending}>
          {t('unlock')}
        </Button>
      </div>
      {unlock.error !== null && <ErrorPanel error={unlock.error} />}
    </form>
  );
}
