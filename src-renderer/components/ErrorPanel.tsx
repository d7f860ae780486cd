import { Button } from '@mantine/core';
import { CircleX, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { WireError } from '#contract/errors.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';

import { CodeText } from './CodeText.tsx';
import { CopyButton } from './CopyButton.tsx';

import styles from './ErrorPanel.module.css';

type Props = {
  /** Whatever was thrown, or a failure as it crossed the wire. */
  readonly error: unknown;
  /** What failed, when the sentence alone would not say it. */
  readonly title?: string;
  readonly onRetry?: () => void;
  /** More ways out than trying again. */
  readonly actions?: ReactNode;
  /** What to do, where the shared sentence does not fit. */
  readonly hint?: string;
};

/** What happened, what to do about it, details to copy. Speaks up by itself. */
export function ErrorPanel({ error, title, onRetry, actions, hint: ownHint }: Props) {
  const { t, i18n } = useTranslation();
  const wire = isWireError(error) ? error : toWireError(error);
  const { message, hint } = errorSentences(wire, i18n.language);
  return (
    <div className={styles.panel} role="alert">
      <CircleX className={styles.glyph} size={16} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.title}>
          <CodeText>{title ?? message}</CodeText>
        </p>
        {title !== undefined && (
          <p>
            <CodeText>{message}</CodeText>
          </p>
        )}
        <p className={styles.hint}>
          <CodeText>{ownHint ?? hint}</CodeText>
        </p>
        <div className={styles.actions}>
          {onRetry && (
            <Button size="xs" leftSection={<RotateCw size={13} aria-hidden="true" />} onClick={onRetry}>
              {t('retry')}
            </Button>
          )}
          {actions}
          <CopyButton value={JSON.stringify(wire, null, 2)}>{t('copyDetails')}</CopyButton>
          <code className={styles.code}>{wire.code}</code>
        </div>
      </div>
    </div>
  );
}

function isWireError(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value;
}
