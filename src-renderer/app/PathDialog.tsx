import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { pastedPath } from '#renderer/components/local-path.ts';
import { addToIntake } from '#renderer/stores/intake-store.ts';
import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import dialog from '#renderer/components/dialog.module.css';

/** Opens a build by its path on the machine that runs the core. */
export function PathDialog() {
  const { t } = useTranslation(['frame', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'path');
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      title={t('pick.pathTitle')}
      size="36rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <PathForm onClose={() => openLayer(null)} />
    </Modal>
  );
}

function PathForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['frame', 'common']);
  const [path, setPath] = useState('');
  const wanted = pastedPath(path);
  return (
    <form
      className={dialog.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted === '') return;
        onClose();
        addToIntake([{ kind: 'path', path: wanted }]);
      }}
    >
      <TextInput
        label={t('pick.pathLabel')}
        description={t('pick.pathHint')}
        value={path}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <div className={dialog.actions}>
        <Button onClick={onClose}>{t('common:cancel')}</Button>
        <Button type="submit" variant="filled" disabled={wanted === ''}>
          {t('pick.pathAction')}
        </Button>
      </div>
    </form>
  );
}
