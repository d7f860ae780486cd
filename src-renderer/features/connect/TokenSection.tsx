import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import styles from './sections.module.css';

/** The part of every address that only this app's phones know, and the way to make a new one. */
export function TokenSection({ app }: { readonly app: App }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const queryClient = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <Section title={t('token.title')}>
      <p className={styles.intro}>{t('token.intro')}</p>
      <div className={styles.done}>
        <CopyText value={app.token} label={t('token.token')} />
        <Button size="xs" onClick={() => setIsAsking(true)}>
          {t('token.rotate')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('token.rotateTitle', { name: app.name })}
        confirmLabel={t('token.rotateAction')}
        isDestructive
        onConfirm={async () => {
          await api.apps.rotateToken({ appId: app.appId });
          announce(t('token.rotated'));
          await queryClient.invalidateQueries({ queryKey: queryKeys.apps });
        }}
      >
        <p>{t('token.rotateBody')}</p>
        <p>
          {app.deviceCount > 0 && t('token.rotateAffected', { count: app.deviceCount })} {t('token.rotateHint')}
        </p>
      </ConfirmDialog>
    </Section>
  );
}
