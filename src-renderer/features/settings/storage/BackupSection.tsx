import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { pendingRestoreQuery, queryKeys } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatExactTime } from '#renderer/i18n/format.ts';

import { BackupDialog, RestoreDialog } from './BackupDialogs.tsx';

import styles from './Storage.module.css';

/** The data folder in one file, and back. */
export function BackupSection() {
  const { t, i18n } = useTranslation('storage');
  const api = useApi();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<'backup' | 'restore' | null>(null);
  const pending = useQuery(pendingRestoreQuery(api));
  const drop = useMutation({
    mutationFn: () => api.storage.dropRestore({}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.storage }),
  });
  const close = () => setDialog(null);
  return (
    <Section title={t('backup.title')}>
      <p className={styles.intro}>{t('backup.intro')}</p>
      {pending.error !== null && <ErrorPanel error={pending.error} onRetry={() => void pending.refetch()} />}
      <div role="status">
        {pending.data != null && (
          <div className={styles.line}>
            <StateWord isSentence tone="warning">
              {t('backup.waiting', { at: formatExactTime(pending.data.createdAt, i18n.language) })}
            </StateWord>
            <Button size="xs" loading={drop.isPending} onClick={() => drop.mutate()}>
              {t('backup.callOff')}
            </Button>
          </div>
        )}
      </div>
      {drop.error !== null && <ErrorPanel error={drop.error} />}
      <div className={styles.line}>
        <Button onClick={() => setDialog('backup')}>{t('backup.save')}</Button>
        <Button onClick={() => setDialog('restore')}>{t('backup.restore')}</Button>
      </div>
      <BackupDialog isOpen={dialog === 'backup'} onClose={close} />
      <RestoreDialog isOpen={dialog === 'restore'} onClose={close} />
    </Section>
  );
}
