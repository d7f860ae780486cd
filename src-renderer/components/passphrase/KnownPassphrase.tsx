import { PasswordInput } from '@mantine/core';

type Props = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** A passphrase that something was sealed with. Never kept by the browser: what it opens is not of this page. */
export function KnownPassphrase({ label, hint, value, onChange }: Props) {
  return (
    <PasswordInput
      label={label}
      description={hint}
      value={value}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
