import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';

import styles from './virtual.module.css';

type Props = {
  /** Names the effect. */
  readonly action: string;
  readonly isReady: boolean;
  /** Failures stay in the form with everything that was entered. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** The frame of the two dialogs. */
export function VirtualForm({ action, isReady, onSubmit, onClose, children }: Props) {
  const { t } = useTranslation();
  const submit = useMutation({ mutationFn: onSubmit, onSuccess: onClose });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !submit.isPending) submit.mutate();
      }}
    >
      {children}
      {submit.error !== null && <ErrorPanel error={submit.error} />}
      <div className={styles.actions}>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="submit" variant="filled" disabled={!isReady} loading={submit.isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
