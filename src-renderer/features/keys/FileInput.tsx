import { ActionIcon, Button, TextInput } from '@mantine/core';
import { FileText, X } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useTransport } from '#renderer/api/api-context.tsx';

import { choiceOf, noFile, type FileChoice } from './by-hand.ts';

import styles from './FileInput.module.css';

type Props = {
  readonly label: string;
  readonly hint: string;
  readonly accept: string;
  readonly value: FileChoice;
  readonly onChange: (choice: FileChoice) => void;
};

/** One file: by its path, from the file dialog, or dropped on the page. */
export function FileInput({ label, hint, accept, value, onChange }: Props) {
  const { t } = useTranslation('keys');
  const { pathForFile } = useTransport();
  const input = useRef<HTMLInputElement>(null);
  const isFile = value.kind === 'file';
  return (
    <div className={styles.row}>
      <TextInput
        className={styles.input ?? ''}
        label={label}
        description={hint}
        value={isFile ? value.file.name : value.path}
        readOnly={isFile}
        leftSection={isFile ? <FileText size={14} aria-hidden="true" /> : null}
        rightSection={
          isFile ? (
            <ActionIcon
              variant="subtle"
              aria-label={t('byHand.takeAway', { name: value.file.name })}
              onClick={() => onChange(noFile)}
            >
              <X size={14} aria-hidden="true" />
            </ActionIcon>
          ) : null
        }
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ kind: 'path', path: event.currentTarget.value })}
      />
      <Button onClick={() => input.current?.click()}>{t('byHand.choose')}</Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onChange(choiceOf({ file, path: pathForFile?.(file) || null }));
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}
