import { Modal, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { useCommands, type Command } from './use-commands.tsx';

import styles from './CommandPalette.module.css';

/** Everything that can be done or gone to, by typing. */
export function CommandPalette() {
  const { t } = useTranslation('frame');
  const isOpen = useUiStore((state) => state.layer === 'palette');
  return (
    <Modal
      opened={isOpen}
      onClose={() => openLayer(null)}
      withCloseButton={false}
      size="36rem"
      padding={0}
      yOffset="12vh"
      attributes={{ content: { 'aria-label': t('palette.open') } }}
    >
      <Palette onClose={() => openLayer(null)} />
    </Modal>
  );
}

function Palette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('frame');
  const commands = useCommands();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = matching(commands, text);
  const current = Math.min(active, shown.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: shown.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined && shown.length > 0) {
      event.preventDefault();
      setActive((next + shown.length) % shown.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(shown[current]);
    }
  };

  return (
    <>
      <TextInput
        className={styles.input}
        variant="unstyled"
        leftSection={<Search size={16} aria-hidden="true" />}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={shown.length > 0 ? optionId(current) : undefined}
        aria-autocomplete="list"
        spellCheck={false}
        data-autofocus
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={listId} role="listbox" aria-label={t('palette.label')} className={styles.list}>
        {shown.map((command, index) => (
          // Keys are handled by the field above, which keeps the focus: the pattern of a combobox.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={command.id}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={styles.option}
            onClick={() => run(command)}
            onMouseMove={() => setActive(index)}
          >
            <command.icon size={15} aria-hidden="true" />
            <span className={styles.words}>{command.title}</span>
            <span className={styles.group}>{command.group}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && (
        <p className={styles.none} role="status">
          {t('palette.none', { text: text.trim() })}
        </p>
      )}
    </>
  );
}

/** Every word that was typed has to occur; what begins with the text comes first. */
export function matching(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.filter(({ isQuiet }) => !isQuiet);
  const found = commands.filter(({ title, group, keywords }) => {
    const haystack = `${group} ${title} ${keywords ?? ''}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
  const startsWith = ({ title }: Command) => title.toLowerCase().startsWith(words.join(' '));
  return found.toSorted((a, b) => Number(startsWith(b)) - Number(startsWith(a)));
}
