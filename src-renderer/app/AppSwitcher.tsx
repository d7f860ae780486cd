import { Combobox, UnstyledButton, useCombobox, VisuallyHidden } from '@mantine/core';
import { Check, ChevronsUpDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { chooseApp, openLayer } from '#renderer/stores/ui-store.ts';

import styles from './AppSwitcher.module.css';

const ADD = '+add';

/** The app that every screen is about. */
export function AppSwitcher() {
  const { t } = useTranslation(['frame', 'common']);
  const { app, apps, isLoading } = useCurrentApp();
  const [filter, setFilter] = useState('');
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setFilter('');
    },
  });
  const wanted = filter.trim().toLowerCase();
  const shown = apps.filter(({ appId, name }) => `${appId} ${name}`.toLowerCase().includes(wanted));

  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={320}
      onOptionSubmit={(value) => {
        combobox.closeDropdown();
        if (value === ADD) openLayer('add-app');
        else chooseApp(value);
      }}
    >
      <Combobox.Target targetType="button">
        <UnstyledButton className={styles.target} onClick={() => combobox.toggleDropdown()}>
          <VisuallyHidden>
            {t('app.switch')}
            {t('common:colon')}
          </VisuallyHidden>{' '}
          <span className={styles.name}>{isLoading ? '' : (app?.name ?? t('app.none'))}</span>{' '}
          {app !== null && app.name !== app.appId && <span className={styles.id}>{app.appId}</span>}
          <ChevronsUpDown className={styles.glyph} size={14} aria-hidden="true" />
        </UnstyledButton>
      </Combobox.Target>
      <Combobox.Dropdown className={styles.dropdown}>
        {apps.length > 6 && (
          <Combobox.Search
            value={filter}
            placeholder={t('app.filter')}
            aria-label={t('app.filter')}
            onChange={(event) => {
              setFilter(event.currentTarget.value);
              combobox.updateSelectedOptionIndex();
            }}
          />
        )}
        <Combobox.Options mah="20rem" className={styles.options} aria-label={t('app.choose')}>
          {shown.map(({ appId, name }) => (
            <Combobox.Option key={appId} value={appId} active={appId === app?.appId} className={styles.option}>
              <Check size={14} aria-hidden="true" data-shown={appId === app?.appId || undefined} />
              <span className={styles.optionWords}>
                <span>{name}</span>
                {name !== appId && <span className={styles.optionId}>{appId}</span>}
              </span>
            </Combobox.Option>
          ))}
          {shown.length === 0 && wanted !== '' && <Combobox.Empty>{t('app.noMatch')}</Combobox.Empty>}
          <Combobox.Option value={ADD} className={styles.option}>
            <Plus size={14} aria-hidden="true" data-shown />
            {t('app.add')}
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
