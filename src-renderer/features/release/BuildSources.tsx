import { Button } from '@mantine/core';
import { FileArchive, FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { usePickBuild } from '#renderer/api/use-pick-build.ts';
import { openLayer } from '#renderer/stores/ui-store.ts';

/** The ways to a build that are no drag and drop. */
export function BuildSources({ isPrimary = true }: { readonly isPrimary?: boolean }) {
  const { t } = useTranslation('frame');
  const pick = usePickBuild();
  return (
    <>
      <Button
        variant={isPrimary ? 'filled' : 'default'}
        leftSection={<FolderOpen size={14} aria-hidden="true" />}
        onClick={pick.folder}
      >
        {t('pick.folder')}
      </Button>
      {pick.zip !== null && (
        <Button leftSection={<FileArchive size={14} aria-hidden="true" />} onClick={pick.zip}>
          {t('pick.zip')}
        </Button>
      )}
      <Button onClick={() => openLayer('path')}>{t('pick.path')}</Button>
    </>
  );
}
