import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';

import { activityKindSchema, activityOutcomeSchema } from '#contract/models/activity.ts';
import type { Device } from '#contract/models/device.ts';
import { ActivityKindWord, ActivityOutcomeWord } from '#renderer/components/ActivityWords.tsx';
import { deviceName, shortDeviceId } from '#renderer/components/device-name.ts';

import { ChoiceFilter } from './ChoiceFilter.tsx';
import { isFiltering, noFilter, type LogFilter } from './log-filter.ts';

import styles from './LogFilters.module.css';

type Props = {
  /** The text field. */
  readonly ref: Ref<HTMLInputElement>;
  readonly filter: LogFilter;
  readonly devices: readonly Device[];
  readonly onFilter: (filter: LogFilter) => void;
  /** The person is done here and wants the rows. */
  readonly onLeave: () => void;
};

export function LogFilters({ ref, filter, devices, onFilter, onLeave }: Props) {
  const { t } = useTranslation('activity');
  const options = devices.map((device) => {
    const name = deviceName(device);
    const short = shortDeviceId(device.deviceId);
    return { value: device.deviceId, label: name === short ? short : `${name} · ${short}` };
  });
  // A device that was forgotten may still be asked for by an address of this screen.
  if (filter.deviceId !== null && !options.some(({ value }) => value === filter.deviceId)) {
    options.push({ value: filter.deviceId, label: shortDeviceId(filter.deviceId) });
  }
  return (
    <div className={styles.filters} role="group" aria-label={t('filter.group')}>
      <TextInput
        ref={ref}
        className={styles.text}
        type="search"
        value={filter.text}
        maxLength={200}
        placeholder={t('filter.textHint')}
        aria-label={t('filter.text')}
        aria-keyshortcuts="/"
        leftSection={<Search size={14} aria-hidden="true" />}
        rightSection={<kbd aria-hidden="true">/</kbd>}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onFilter({ ...filter, text: '' });
          if (event.key === 'Escape' || event.key === 'Enter') onLeave();
        }}
      />
      <ChoiceFilter
        label={t('filter.kind')}
        choices={activityKindSchema.options}
        chosen={filter.kinds}
        wordOf={(kind) => t(`kind.${kind}`)}
        render={(kind) => <ActivityKindWord kind={kind} />}
        onChosen={(kinds) => onFilter({ ...filter, kinds })}
      />
      <ChoiceFilter
        label={t('filter.outcome')}
        choices={activityOutcomeSchema.options}
        chosen={filter.outcomes}
        wordOf={(outcome) => t(`outcome.${outcome}`)}
        render={(outcome) => <ActivityOutcomeWord outcome={outcome} />}
        onChosen={(outcomes) => onFilter({ ...filter, outcomes })}
      />
      <Select
        className={styles.device}
        aria-label={t('filter.device')}
        placeholder={t('filter.any')}
        data={options}
        value={filter.deviceId}
        clearable
        searchable={options.length > 8}
        onChange={(deviceId) => onFilter({ ...filter, deviceId })}
      />
      {isFiltering(filter) && (
        <>
          <Button variant="subtle" className={styles.resetWord} onClick={() => onFilter(noFilter)}>
            {t('filter.reset')}
          </Button>
          <ActionIcon className={styles.resetGlyph} aria-label={t('filter.reset')} onClick={() => onFilter(noFilter)}>
            <X size={15} aria-hidden="true" />
          </ActionIcon>
        </>
      )}
    </div>
  );
}
