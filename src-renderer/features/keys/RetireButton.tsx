import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ArchiveRestore } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

/** Takes a retired key back into use. */
export function RetireButton({ name }: { readonly name: string }) {
  const { t, i18n } = useTranslation('keys');
  const api = useApi();
  const take = useMutation({
    mutationFn: () => api.keys.retire({ name, isRetired: false }),
    onSuccess: () => announce(t('retired.taken', { name })),
    onError: (error) => announce(errorSentences(toWireError(error), i18n.language).message, 'assertive'),
  });
  return (
    <Button
      leftSection={<ArchiveRestore size={14} aria-hidden="true" />}
      loading={take.isPending}
      onClick={() => take.mutate()}
    >
      {t('retired.take')}
    </Button>
  );
}
