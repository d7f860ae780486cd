import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { isApple, screenModifier } from './platform.ts';
import { screens } from './screens.ts';

import styles from './Dialog.module.css';

type Shortcut = { readonly keys: readonly string[]; readonly words: string };

export function ShortcutsDialog() {
  const { t } = useTranslation(['frame', 'common', 'activity']);
  const isOpen = useUiStore((state) => state.layer === 'shortcuts');
  const command = isApple() ? '⌘' : 'Ctrl';
  const rows: readonly Shortcut[] = [
    { keys: [command, 'K'], words: t('shortcuts.palette') },
    ...screens.map(({ id }, index) => ({ keys: [screenModifier(), String(index + 1)], words: t(`screen.${id}`) })),
    { keys: ['?'], words: t('shortcuts.list') },
    { keys: ['Esc'], words: t('shortcuts.close') },
  ];
  const inLog: readonly Shortcut[] = [
    { keys: ['j', 'k'], words: t('activity:keys.move') },
    { keys: ['Home', 'End'], words: t('activity:keys.ends') },
    { keys: ['Enter', 'Esc'], words: t('activity:keys.open') },
    { keys: ['/'], words: t('activity:keys.find') },
    { keys: ['p'], words: t('activity:keys.pause') },
  ];
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      title={t('shortcuts.title')}
      size="26rem"
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <ShortcutList rows={rows} />
      <h3 className={styles.shortcutsTitle}>{t('activity:keys.title')}</h3>
      <ShortcutList rows={inLog} />
    </Modal>
  );
}

function ShortcutList({ rows }: { readonly rows: readonly Shortcut[] }) {
  return (
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
  );
}
