import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';

import styles from './KeyDialog.module.css';

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** The form; gone with what was entered when the dialog closes. */
  readonly children: ReactNode;
};

export function KeyDialog({ isOpen, onClose, title, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="34rem" closeButtonProps={{ 'aria-label': t('close') }}>
      {children}
    </Modal>
  );
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
