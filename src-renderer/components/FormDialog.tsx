import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ErrorPanel } from './ErrorPanel.tsx';
import { beginInside } from './initial-focus.ts';
import { intoView } from './into-view.ts';

import dialog from './dialog.module.css';

type DialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly size?: string;
  /** The form; gone with what was entered when the dialog closes. */
  readonly children: ReactNode;
};

export function FormDialog({ isOpen, onClose, title, size = '30rem', children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': t('close') }}>
      {children}
    </Modal>
  );
}

type FormProps = {
  /** Names the effect. */
  readonly action: string;
  readonly isReady: boolean;
  readonly isDestructive?: boolean;
  /** How a failure is told, where it is not the usual panel. */
  readonly renderError?: (error: Error) => ReactNode;
  /** Failures stay in the form with everything that was entered. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** The form of a dialog: its fields, what went wrong, and the two buttons. */
export function DialogForm(props: FormProps) {
  const { action, isReady, isDestructive = false, renderError, onSubmit, onClose, children } = props;
  const { t } = useTranslation();
  // Takes no variables and is forgotten at once: what was entered may be a private key or a passphrase.
  const submit = useMutation({ mutationFn: () => onSubmit(), gcTime: 0 });
  return (
    <form
      ref={beginInside}
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !submit.isPending) submit.mutate();
      }}
    >
      {children}
      {submit.error !== null && (
        <div ref={intoView} className={dialog.failure}>
          {renderError?.(submit.error) ?? <ErrorPanel error={submit.error} />}
        </div>
      )}
      <div className={dialog.actions}>
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
