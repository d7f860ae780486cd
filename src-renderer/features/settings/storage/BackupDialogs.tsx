import { Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { backupResultSchema, restoreResultSchema } from '#contract/models/storage.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { FormDialog } from '#renderer/components/FormDialog.tsx';
import { JobForm } from '#renderer/components/job-form/JobForm.tsx';
import { useJobRun } from '#renderer/components/job-form/use-job-run.ts';
import { pastedPath } from '#renderer/components/local-path.ts';
import { KnownPassphrase } from '#renderer/components/passphrase/KnownPassphrase.tsx';
import { isNewPassphrase } from '#renderer/components/passphrase/new-passphrase.ts';
import { NewPassphrase } from '#renderer/components/passphrase/NewPassphrase.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatBytes, formatExactTime } from '#renderer/i18n/format.ts';

type Props = { readonly isOpen: boolean; readonly onClose: () => void };

export function BackupDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation('storage');
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t('backup.saveTitle')} size="36rem">
      <BackupForm onClose={onClose} />
    </FormDialog>
  );
}

export function RestoreDialog({ isOpen, onClose }: Props) {
  const { t } = useTranslation('storage');
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t('backup.restoreTitle')} size="36rem">
      <RestoreForm onClose={onClose} />
    </FormDialog>
  );
}

function BackupForm({ onClose }: Pick<Props, 'onClose'>) {
  const { t, i18n } = useTranslation('storage');
  const api = useApi();
  const [out, setOut] = useState('');
  const [withKeys, setWithKeys] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const path = pastedPath(out);
  const isSealed = !withKeys || isNewPassphrase(passphrase, again);
  const run = useJobRun(
    () => api.storage.backup({ out: path, passphrase: withKeys ? passphrase : null }),
    backupResultSchema,
  );
  const { result } = run;
  return (
    <JobForm
      run={run}
      label={t('backup.saving', { name: path })}
      action={t('backup.action')}
      isReady={path !== '' && isSealed}
      onClose={onClose}
      done={
        result !== null && (
          <>
            <StateWord isSentence tone="success">
              {t('backup.saved', { size: formatBytes(result.bytes, i18n.language), path: result.path })}
            </StateWord>
            {result.leftOut > 0 && <p>{t('backup.leftOut', { count: result.leftOut })}</p>}
          </>
        )
      }
    >
      <TextInput
        label={t('backup.path')}
        description={t('backup.pathHint')}
        value={out}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setOut(event.currentTarget.value)}
      />
      <Switch
        label={t('backup.withKeys')}
        description={t('backup.withKeysHint')}
        checked={withKeys}
        onChange={(event) => setWithKeys(event.currentTarget.checked)}
      />
      {withKeys && <NewPassphrase value={passphrase} again={again} onChange={setPassphrase} onAgain={setAgain} />}
    </JobForm>
  );
}

function RestoreForm({ onClose }: Pick<Props, 'onClose'>) {
  const { t, i18n } = useTranslation('storage');
  const api = useApi();
  const queryClient = useQueryClient();
  const [from, setFrom] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [force, setForce] = useState(false);
  const path = pastedPath(from);
  const run = useJobRun(
    () => api.storage.restore({ path, force, passphrase: passphrase === '' ? null : passphrase }),
    restoreResultSchema,
  );
  const { result } = run;
  const isReady = result !== null;
  useEffect(() => {
    if (isReady) void queryClient.invalidateQueries({ queryKey: queryKeys.storage });
  }, [isReady, queryClient]);
  return (
    <JobForm
      run={run}
      label={t('backup.preparing', { name: path })}
      action={t('backup.restoreAction')}
      isReady={path !== ''}
      onClose={onClose}
      done={
        result !== null && (
          <>
            <p>{t('backup.waiting', { at: formatExactTime(result.createdAt, i18n.language) })}</p>
            {result.keysSealed.length > 0 && (
              <p>{t('backup.keysSealed', { names: new Intl.ListFormat(i18n.language).format(result.keysSealed) })}</p>
            )}
          </>
        )
      }
    >
      <TextInput
        label={t('backup.from')}
        description={t('backup.fromHint')}
        value={from}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <KnownPassphrase
        label={t('backup.fromPassphrase')}
        hint={t('backup.fromPassphraseHint')}
        value={passphrase}
        onChange={setPassphrase}
      />
      <Switch
        label={t('backup.force')}
        description={t('backup.forceHint')}
        checked={force}
        onChange={(event) => setForce(event.currentTarget.checked)}
      />
    </JobForm>
  );
}
