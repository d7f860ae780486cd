import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { NameProblem } from './channel-name.ts';

type Props = {
  readonly value: string;
  readonly problem: NameProblem | null;
  readonly onChange: (name: string) => void;
};

export function ChannelNameInput({ value, problem, onChange }: Props) {
  const { t } = useTranslation('channels');
  return (
    <TextInput
      label={t('create.name')}
      description={t('create.nameHint')}
      error={problem !== null && t(`create.${problem}`)}
      value={value}
      maxLength={60}
      spellCheck={false}
      autoComplete="off"
      data-autofocus
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
