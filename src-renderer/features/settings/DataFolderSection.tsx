import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { ServerStatus } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';

import styles from './SettingsScreen.module.css';

export function DataFolderSection({ status }: { readonly status: ServerStatus }) {
  const { t } = useTranslation('settings');
  const api = useApi();
  const reveal = useMutation({ mutationFn: () => api.server.revealDataFolder({}) });
  return (
    <Section title={t('data.title')}>
      <p className={styles.intro}>{t('data.intro')}</p>
      <div className={styles.folder}>
        <CopyText value={status.dataDir} label={t('data.path')} />
        {status.capabilities.includes('reveal') && (
          <Button
            size="xs"
            leftSection={<FolderOpen size={13} aria-hidden="true" />}
            loading={reveal.isPending}
            onClick={() => reveal.mutate()}
          >
            {t('data.reveal')}
          </Button>
        )}
      </div>
      {reveal.error !== null && <ErrorPanel error={reveal.error} />}
      <p className={styles.how}>
        {t('data.change')} <code>--data-dir</code> / <code>SLIPWAY_DATA_DIR</code>. {t('data.move')}
      </p>
    </Section>
  );
}
