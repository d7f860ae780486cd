import { Eye, KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateWord } from '#renderer/components/StateWord.tsx';

/** Whether a key can encrypt, or only verify. */
export function KeyParts({ hasPrivate }: { readonly hasPrivate: boolean }) {
  const { t } = useTranslation('keys');
  const part = hasPrivate ? 'private' : 'public';
  return (
    <span title={t(`partsHint.${part}`)}>
      <StateWord tone="neutral" icon={hasPrivate ? KeyRound : Eye}>
        {t(`parts.${part}`)}
      </StateWord>
    </span>
  );
}
