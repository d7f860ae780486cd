import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { faultNames, faultNameSchema, type FaultName } from '#contract/models/virtual-device.ts';

const NONE = 'none';

type Props = {
  readonly value: FaultName | null;
  readonly onChange: (fault: FaultName | null) => void;
};

/** What goes wrong on the side of the device. */
export function FaultSelect({ value, onChange }: Props) {
  const { t } = useTranslation('virtual');
  return (
    <Select
      label={t('fault.label')}
      value={value ?? NONE}
      data={[NONE, ...faultNames].map((name) => ({ value: name, label: t(`fault.${name as FaultName}`) }))}
      allowDeselect={false}
      checkIconPosition="right"
      maxDropdownHeight={320}
      onChange={(name) => onChange(faultNameSchema.safeParse(name).data ?? null)}
    />
  );
}
