import { Button } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useCopy } from './CopyText.tsx';

/** Copies a text that stands elsewhere, such as a block of code. */
export function CopyButton({ value, children }: { readonly value: string; readonly children?: ReactNode }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Button
      size="xs"
      leftSection={copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      onClick={() => copy(value)}
    >
      {children ?? t('copy')}
    </Button>
  );
}
