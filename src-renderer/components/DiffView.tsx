import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { CodeBlock } from './CodeBlock.tsx';
import { diffLines } from './diff-lines.ts';

import styles from './DiffView.module.css';

/** A unified diff; added and removed lines have their sign, their colour and, for who hears it, their word. */
export function DiffView({ diff, label }: { readonly diff: string; readonly label: string }) {
  const { t } = useTranslation('connect');
  return (
    <CodeBlock label={label}>
      {diffLines(diff).map(({ kind, text }, index) => (
        // Equal lines differ by their place alone.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className={styles.line} data-kind={kind}>
          {(kind === 'added' || kind === 'removed') && <VisuallyHidden>{t(`apply.${kind}`)} </VisuallyHidden>}
          {`${text}\n`}
        </span>
      ))}
    </CodeBlock>
  );
}
