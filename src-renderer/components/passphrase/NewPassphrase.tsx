import { PasswordInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = {
  readonly value: string;
  readonly again: string;
  readonly onChange: (value: string) => void;
  readonly onAgain: (value: string) => void;
};

/** A passphrase that somebody chooses, written twice: nobody can tell it again. */
export function NewPassphrase({ value, again, onChange, onAgain }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <PasswordInput
        label={t('passphrase.label')}
        description={t('passphrase.hint')}
        value={value}
        autoComplete="new-password"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('passphrase.again')}
        value={again}
        autoComplete="new-password"
        error={again !== '' && again !== value ? t('passphrase.differs') : null}
        onChange={(event) => onAgain(event.currentTarget.value)}
      />
    </>
  );
}
