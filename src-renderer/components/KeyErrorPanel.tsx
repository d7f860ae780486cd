import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { ErrorCode, WireError } from '#contract/errors.ts';
import { toWireError } from '#renderer/i18n/failure-text.ts';

import { ErrorPanel } from './ErrorPanel.tsx';

/** Failures whose shared sentences name options of the command line; a window has its own ways out. */
const inWindow = [
  'KEY_MISMATCH',
  'KEY_REQUIRED',
  'KEY_NOT_EXPECTED',
  'KEY_NOT_FOUND',
  'KEY_IN_USE',
  'OUTPUT_UNWRITABLE',
] as const satisfies readonly ErrorCode[];

type Props = {
  /** Whatever was thrown, or a failure as it crossed the wire. */
  readonly error: Error | WireError;
  readonly title?: string;
  readonly actions?: ReactNode;
};

/** A failure of work with keys, with what to do about it here. */
export function KeyErrorPanel({ error, title, actions }: Props) {
  const { t } = useTranslation('keys');
  const wire = error instanceof Error ? toWireError(error) : error;
  const code = inWindow.find((known) => known === wire.code);
  return (
    <ErrorPanel
      error={wire}
      actions={actions}
      {...(title === undefined ? {} : { title })}
      {...(code === undefined ? {} : { hint: t(`hint.${code}`) })}
    />
  );
}
