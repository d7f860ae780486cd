import { Checkbox } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { formatBytes } from '#renderer/i18n/format.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

type Props = {
  readonly app: App;
  readonly release: Release;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** Deleting asks once; while the release is live it says where, and wants to be told that this is meant. */
export function DeleteRelease({ app, release, isOpen, onClose }: Props) {
  const { t, i18n } = useTranslation('release');
  const api = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [isForced, setIsForced] = useState(false);
  const { version, liveOn } = release;
  const channels = liveOn.join(', ');
  const isInUse = liveOn.length > 0;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={() => {
        setIsForced(false);
        onClose();
      }}
      title={t('page.deleteTitle', { version })}
      confirmLabel={t('page.deleteAction', { version })}
      isDestructive
      isDisabled={isInUse && !isForced}
      onConfirm={async () => {
        const { freedBytes } = await api.releases.delete({
          appId: app.appId,
          release: release.releaseId,
          force: isForced,
        });
        announce(t('page.deleted', { version, size: formatBytes(freedBytes, i18n.language) }));
        navigate('/release');
        await queryClient.invalidateQueries({ queryKey: [...queryKeys.releases(app.appId), 'list'] });
      }}
    >
      <p>{t('page.deleteBody', { version, size: formatBytes(release.size, i18n.language) })}</p>
      {isInUse && (
        <>
          <p>{t('page.deleteInUse', { channels })}</p>
          <Checkbox
            label={t('page.deleteForce')}
            checked={isForced}
            onChange={(event) => setIsForced(event.currentTarget.checked)}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
