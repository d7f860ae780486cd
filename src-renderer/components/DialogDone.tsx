import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import dialog from './dialog.module.css';

/** What stands in a dialog when its work is done: what came of it, and the way out. */
export function DialogDone({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={dialog.form}>
      <div role="status" className={dialog.form}>
        {children}
      </div>
      <div className={dialog.actions}>
        <Button variant="filled" data-autofocus onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </div>
  );
}
