import { Button, Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { vaultStatusQuery } from '#renderer/api/queries.ts';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { UnlockVault } from '#renderer/components/UnlockVault.tsx';

import { ProtectForm } from './ProtectForm.tsx';

import styles from './KeyDialog.module.css';

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Private parts are kept or opened: a locked vault is unlocked first. */
  readonly needsVault?: boolean;
  /** The form; gone with what was entered when the dialog closes. */
  readonly children: ReactNode;
};

export function KeyDialog({ isOpen, onClose, title, needsVault = false, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="34rem" closeButtonProps={{ 'aria-label': t('close') }}>
      {needsVault ? <VaultGate>{children}</VaultGate> : children}
    </Modal>
  );
}

/** What is behind it, once private parts can be kept and opened. */
function VaultGate({ children }: { readonly children: ReactNode }) {
  const api = useApi();
  const { data: status, isPending } = useQuery(vaultStatusQuery(api));
  if (isPending) return null;
  if (status?.isLocked === true) return <UnlockVault />;
  if (status?.kind === 'undecided') return <ProtectForm backend={status.backend} isChoice />;
  return children;
}

type FormProps = {
  /** Names the effect. */
  readonly action: string;
  readonly isReady: boolean;
  readonly isDestructive?: boolean;
  /** Failures stay in the form with everything that was entered. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

export function KeyForm({ action, isReady, isDestructive = false, onSubmit, onClose, children }: FormProps) {
  const { t } = useTranslation();
  // Takes no variables and is forgotten at once: what was entered may be a private key or a passphrase.
  const submit = useMutation({ mutationFn: () => onSubmit(), gcTime: 0 });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !submit.isPending) submit.mutate();
      }}
    >
      {children}
      {submit.error !== null && <KeyErrorPanel error={submit.error} />}
      <div className={styles.actions}>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          type="submit"
          variant="filled"
          color={isDestructive ? 'red' : 'blue'}
          disabled={!isReady}
          loading={submit.isPending}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
