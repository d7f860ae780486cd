import { UnstyledButton } from '@mantine/core';
import { Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { openLayer } from '#renderer/stores/ui-store.ts';

import { AppSwitcher } from './AppSwitcher.tsx';
import { JobTray } from './JobTray.tsx';
import { modifierName } from './platform.ts';
import { ServerPill } from './ServerPill.tsx';

import styles from './TopBar.module.css';

/** Which app, is the listener up, what is going on, and the way to everything else. */
export function TopBar() {
  const { t } = useTranslation('frame');
  return (
    <header className={styles.bar}>
      <AppSwitcher />
      <div className={styles.rest}>
        <ServerPill />
        <JobTray />
        <UnstyledButton className={styles.palette} onClick={() => openLayer('palette')}>
          <Search size={14} aria-hidden="true" />
          <span className={styles.paletteWord}>{t('palette.open')}</span>
          <kbd>{modifierName()}K</kbd>
        </UnstyledButton>
      </div>
    </header>
  );
}
