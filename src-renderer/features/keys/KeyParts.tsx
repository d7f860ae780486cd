import { Archive, Eye, KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateWord } from '#renderer/components/StateWord.tsx';

type Props = { readonly hasPrivate: boolean; readonly isRetired: boolean };

/** Whether a key can encrypt, only verify, or is no longer used for new releases. */
export function KeyParts({ hasPrivate, isRetired }: Props) {
  const { t } = useTranslation('keys');
  const part = isRetired ? 'retired' : hasPrivate ? 'private' : 'public';
  return (
    <span title={t(`partsHint.${part}`)}>
      <StateWord tone="neutral" icon={{ retired: Archive, private: KeyRound, public: Eye }[part]}>
        {t(`parts.${part}`)}
      </StateWord>
    </span>
  );
}
