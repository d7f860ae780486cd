import { UnstyledButton } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { shortenMiddle } from '#renderer/i18n/format.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import styles from './CopyText.module.css';

const CONFIRMED_MS = 1_400;

/** Copies and says so; false when the browser refuses. */
export function useCopy(): readonly [copied: boolean, copy: (text: string) => void] {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        announce(t('copied'));
      },
      () => announce(t('copyFailed'), 'assertive'),
    );
  };
  return [copied, copy];
}

type Props = {
  readonly value: string;
  /** What it is, for people who hear it: “Checksum”. */
  readonly label: string;
  /** Characters kept when it is shortened in the middle; all of them when left out. */
  readonly keep?: number;
  /** Prose instead of the fixed-width face. */
  readonly isProse?: boolean;
};

/** An id, hash or address: shortened in the middle, whole on hover, copied on click. */
export function CopyText({ value, label, keep, isProse = false }: Props) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const Glyph = copied ? Check : Copy;
  const shown = keep === undefined ? value : shortenMiddle(value, keep);
  return (
    <UnstyledButton
      className={styles.copy}
      data-copied={copied || undefined}
      title={value}
      // The name has what is seen (WCAG 2.5.3); the whole value is the title, and so the description.
      aria-label={`${t('copyOf', { label })}: ${shown}`}
      onClick={(event) => {
        event.stopPropagation();
        copy(value);
      }}
    >
      <span className={isProse ? styles.prose : styles.mono}>{shown}</span>
      <Glyph className={styles.glyph} size={13} aria-hidden="true" />
    </UnstyledButton>
  );
}
