import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Rotation } from '#contract/models/rotation.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import { keyHref } from './key-route.ts';

/** The end of a rotation; with open steps it says first who is cut off. */
export function RetireStep({ rotation }: { readonly rotation: Rotation }) {
  const { t, i18n } = useTranslation('rotation');
  const api = useApi();
  const [, navigate] = useLocation();
  const [isAsking, setIsAsking] = useState(false);
  const { appId, oldKey, newKey, next, devices } = rotation;
  const { name } = oldKey;
  return (
    <>
      <p>{t('retire.body')}</p>
      <div>
        <Button variant={next === null ? 'filled' : 'default'} onClick={() => setIsAsking(true)}>
          {t('retire.action', { name })}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t(next === null ? 'retire.action' : 'retire.anyway', { name })}
        confirmLabel={t('retire.action', { name })}
        isDestructive={next !== null}
        onConfirm={async () => {
          const { isRetired, otherApps } = await api.rotations.finish({ appId, force: next !== null });
          const apps = new Intl.ListFormat(i18n.language).format(otherApps);
          announce(isRetired ? t('retire.done', { name }) : t('retire.keptFor', { name, apps }));
          navigate(keyHref(newKey.name));
        }}
      >
        {next !== null && <p>{t('retire.openSteps')}</p>}
        {devices.withOld > 0 && <p>{t('retire.cutOff', { count: devices.withOld })}</p>}
        <p>{t('retire.body')}</p>
      </ConfirmDialog>
    </>
  );
}
