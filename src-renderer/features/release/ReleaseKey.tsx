import { useQuery } from '@tanstack/react-query';
import { Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery } from '#renderer/api/queries.ts';
import { CopyText } from '#renderer/components/CopyText.tsx';

import styles from './ReleaseKey.module.css';

/** Which key a release was encrypted with: its name while the vault has it, and its id. */
export function ReleaseKey({ release: { keyId } }: { readonly release: Release }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { data: keys = [] } = useQuery({ ...keyListQuery(api), enabled: keyId !== null });
  if (keyId === null) return <span className={styles.plain}>{t('release.plain')}</span>;
  const key = keys.find((known) => known.keyId === keyId);
  return (
    <>
      {key !== undefined && <Link href={`/keys/key/${encodeURIComponent(key.name)}`}>{key.name}</Link>}{' '}
      <CopyText value={keyId} label={t('fact.keyId')} />
    </>
  );
}

/** A lock beside the version of an encrypted release. */
export function EncryptedMark({ keyId }: { readonly keyId: string }) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { data: keys = [] } = useQuery(keyListQuery(api));
  const words = t('release.encrypted', { key: keys.find((key) => key.keyId === keyId)?.name ?? keyId });
  return (
    <span className={styles.mark} role="img" aria-label={words} title={words}>
      <Lock size={12} aria-hidden="true" />
    </span>
  );
}
