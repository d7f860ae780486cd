import { Button, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { appIdPattern } from '#contract/models/common.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { chooseApp, openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import dialog from '#renderer/components/dialog.module.css';
import styles from './Dialog.module.css';

export function AddAppDialog() {
  const { t } = useTranslation(['frame', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'add-app');
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      title={t('app.addTitle')}
      size="28rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <AddAppForm onClose={() => openLayer(null)} />
    </Modal>
  );
}

function AddAppForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['frame', 'common']);
  const api = useApi();
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { appId: '', name: '' },
    validate: { appId: (value) => (appIdPattern.test(value.trim()) ? null : t('app.idHint')) },
  });
  const add = useMutation({
    mutationFn: ({ appId, name }: { appId: string; name: string }) =>
      api.apps.add({ appId: appId.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }) }),
    async onSuccess({ appId }) {
      await queryClient.invalidateQueries({ queryKey: queryKeys.apps });
      chooseApp(appId);
      onClose();
    },
  });
  return (
    <form className={dialog.form} onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <p className={styles.intro}>{t('app.addHint')}</p>
      <TextInput
        label={t('app.id')}
        description={t('app.idHint')}
        placeholder="com.example.app"
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        required
        withAsterisk={false}
        {...form.getInputProps('appId')}
      />
      <TextInput
        label={t('app.name')}
        description={t('app.nameHint')}
        maxLength={100}
        {...form.getInputProps('name')}
      />
      {add.error !== null && <ErrorPanel error={add.error} />}
      <div className={dialog.actions}>
        <Button onClick={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="filled" loading={add.isPending}>
          {t('app.addAction')}
        </Button>
      </div>
    </form>
  );
}
