import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { isApple } from './platform.ts';
import { screens } from './screens.ts';

import styles from './Dialog.module.css';

export function ShortcutsDialog() {
  const { t } = useTranslation(['frame', 'common']);
  const isOpen = useUiStore((state) => state.layer === 'shortcuts');
  const command = isApple() ? '⌘' : 'Ctrl';
  const rows: readonly { readonly keys: readonly string[]; readonly words: string }[] = [
    { keys: [command, 'K'], words: t('shortcuts.palette') },
    ...screens.map(({ id }, index) => ({ keys: [command, String(index + 1)], words: t(`screen.${id}`) })),
    { keys: ['?'], words: t('shortcuts.list') },
    { keys: ['Esc'], words: t('shortcuts.close') },
  ];
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      title={t('shortcuts.title')}
      size="26rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <ul className={styles.shortcuts}>
        {rows.map(({ keys, words }) => (
          <li key={words} className={styles.shortcut}>
            <span>{words}</span>
            <span className={styles.keys}>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
