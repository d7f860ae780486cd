import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import { useApi } from '#renderer/api/api-context.tsx';
import { rotationListQuery } from '#renderer/api/queries.ts';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { rotationHref } from './key-route.ts';

import styles from './RotationPage.module.css';

/** Key changes under way, with the step that comes next; nothing where there are none. */
export function RunningRotations({ keyId }: { readonly keyId?: string }) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const { data: rotations = [] } = useQuery(rotationListQuery(api));
  const shown = rotations.filter(
    ({ oldKey, newKey }) => keyId === undefined || [oldKey.keyId, newKey.keyId].includes(keyId),
  );
  if (shown.length === 0) return null;
  return (
    <Section title={t('running')}>
      {shown.map(({ appId, oldKey, newKey, next }) => (
        <div key={appId} className={styles.row}>
          <Link href={rotationHref(appId)}>{t('runningRow', { app: appId, old: oldKey.name, new: newKey.name })}</Link>
          <StateWord tone="info">{t(`next.${next ?? 'retire'}`)}</StateWord>
        </div>
      ))}
    </Section>
  );
}
