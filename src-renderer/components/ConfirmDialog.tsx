import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ErrorPanel } from './ErrorPanel.tsx';

import styles from './ConfirmDialog.module.css';
import dialog from './dialog.module.css';

type Props = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Names the object: “Delete release 1.0.7?” */
  readonly title: string;
  /** Says who is affected and what cannot come back. */
  readonly children: ReactNode;
  /** Names the effect: “Delete 1.0.7”. */
  readonly confirmLabel: string;
  readonly isDestructive?: boolean;
  readonly isDisabled?: boolean;
  /** The dialog closes when it resolves, and shows the failure when it rejects. */
  readonly onConfirm: () => Promise<unknown>;
};

/** Asks before something that cannot simply be taken back. */
export function ConfirmDialog(props: Props) {
  const {
    isOpen,
    onClose,
    title,
    children,
    confirmLabel,
    isDestructive = false,
    isDisabled = false,
    onConfirm,
  } = props;
  const { t } = useTranslation();
  const { mutate, isPending, error, reset } = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  const close = () => {
    reset();
    onClose();
  };
  return (
    <Modal opened={isOpen} onClose={close} title={title} size="30rem" closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.body}>
        <div className={styles.words}>{children}</div>
        {error !== null && <ErrorPanel error={error} />}
        <div className={dialog.actions}>
          <Button onClick={close} data-autofocus={isDestructive || undefined}>
            {t('cancel')}
          </Button>
          <Button
            variant="filled"
            color={isDestructive ? 'red' : 'blue'}
            disabled={isDisabled}
            loading={isPending}
            onClick={() => mutate()}
          >
            {confirmLabel}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
