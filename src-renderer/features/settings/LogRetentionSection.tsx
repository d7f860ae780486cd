import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Settings } from '#contract/models/server.ts';
import { Section } from '#renderer/components/Page.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import styles from './SettingsScreen.module.css';

type Props = {
  readonly limits: Settings['log'];
  readonly onChange: (limits: Partial<Settings['log']>) => void;
};

const rowChoices = [10_000, 50_000, 100_000, 250_000, 1_000_000] as const;
const dayChoices = [1, 7, 30, 90, 365] as const;

/** How much of the log is kept. Applied at once; what is too much then goes in the background. */
export function LogRetentionSection({ limits, onChange }: Props) {
  const { t, i18n } = useTranslation('settings');
  return (
    <Section title={t('log.title')}>
      <p className={styles.intro}>{t('log.intro')}</p>
      <div className={styles.fields}>
        <Select
          label={t('log.rows')}
          data={optionsOf(rowChoices, limits.maxRows, (count) =>
            t('log.rowsChoice', { rows: formatNumber(count, i18n.language) }),
          )}
          value={String(limits.maxRows)}
          allowDeselect={false}
          onChange={(value) => value !== null && onChange({ maxRows: Number(value) })}
        />
        <Select
          label={t('log.days')}
          data={optionsOf(dayChoices, limits.maxDays, (count) => t('log.daysChoice', { count }))}
          value={String(limits.maxDays)}
          allowDeselect={false}
          onChange={(value) => value !== null && onChange({ maxDays: Number(value) })}
        />
      </div>
      <p className={styles.how}>{t('log.figures')}</p>
    </Section>
  );
}

/** With the one that is set, which another program may have chosen. */
function optionsOf(
  choices: readonly number[],
  current: number,
  wordOf: (count: number) => string,
): readonly { readonly value: string; readonly label: string }[] {
  return [...new Set([...choices, current])]
    .toSorted((a, b) => a - b)
    .map((count) => ({ value: String(count), label: wordOf(count) }));
}
