import { useQuery } from '@tanstack/react-query';
import { FileKey, LockOpen, ShieldCheck, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { VaultStatus } from '#contract/models/key.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { vaultStatusQuery } from '#renderer/api/queries.ts';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { UnlockVault } from '#renderer/components/UnlockVault.tsx';

import { ProtectForm } from './ProtectForm.tsx';

import styles from './VaultState.module.css';

const glyphs: Readonly<Record<VaultStatus['kind'], LucideIcon>> = {
  keychain: ShieldCheck,
  file: FileKey,
  passphrase: LockOpen,
  undecided: FileKey,
};

/** How private parts are kept here, in one line. */
export function VaultWord() {
  const { t } = useTranslation('vault');
  const api = useApi();
  const { data: status } = useQuery(vaultStatusQuery(api));
  if (status === undefined) return null;
  const { kind, backend, isLocked } = status;
  // The notice above says it already.
  if (isLocked || kind === 'undecided') return null;
  const isWeak = kind === 'file' && backend !== null;
  return (
    <div className={styles.word} title={t(`kindHint.${kind}`)}>
      <StateWord isSentence tone={isWeak ? 'warning' : 'neutral'} icon={glyphs[kind]}>
        {t(`kind.${kind}`)}
        {isWeak && ` ${t('noKeychain', { backend })}`}
      </StateWord>
    </div>
  );
}

/** What has to be done before a private part can be kept or opened; nothing when nothing has. */
export function VaultNotice() {
  const { t } = useTranslation('vault');
  const api = useApi();
  const { data: status } = useQuery(vaultStatusQuery(api));
  if (status?.isLocked === true) {
    return (
      <Section title={t('locked')}>
        <UnlockVault />
      </Section>
    );
  }
  if (status?.kind !== 'undecided') return null;
  return (
    <Section title={t('undecided')}>
      <div className={styles.choice}>
        <ProtectForm backend={status.backend} isChoice />
      </div>
    </Section>
  );
}
