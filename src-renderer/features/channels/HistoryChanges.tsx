import { useTranslation } from 'react-i18next';

import type { ChannelHistoryEntry } from '#contract/models/channel.ts';
import { formatNumber, formatShare } from '#renderer/i18n/format.ts';

import { settingWords } from './setting-words.ts';

import styles from './HistorySection.module.css';

/** More than a glance takes in. */
const SHOWN = 5;

/** What comes and goes with a rollout and says nothing beside its release and its share. */
function isImplied(name: string, from: unknown, to: unknown): boolean {
  return (name === 'rollout.enabled' || name === 'rollout.cacheTtlSeconds') && (from === null || to === null);
}

/** The settings that changed, from what to what. */
export function HistoryChanges({ changes }: Pick<ChannelHistoryEntry, 'changes'>) {
  const { t, i18n } = useTranslation('channels');
  const all = Object.entries(changes).filter(([name, { from, to }]) => !isImplied(name, from, to));
  if (all.length === 0) return null;
  const valueOf = (name: string, value: string | number | boolean | null): string => {
    if (value === null || value === '') return t('history.value.none');
    if (typeof value === 'boolean') return t(value ? 'history.value.yes' : 'history.value.no');
    if (typeof value === 'string') return value;
    if (name.endsWith('Bps')) return `${formatShare(value, i18n.language)} %`;
    return Number.isInteger(value)
      ? formatNumber(value, i18n.language)
      : `${formatShare(Math.round(value * 10_000), i18n.language)} %`;
  };
  const rest = all.length - SHOWN;
  return (
    <ul className={styles.changes}>
      {all.slice(0, SHOWN).map(([name, { from, to }]) => (
        <li key={name}>
          {t('history.changed', {
            setting: settingWords(name, t),
            from: valueOf(name, from),
            to: valueOf(name, to),
          })}
        </li>
      ))}
      {rest > 0 && <li>{t('history.more', { count: rest })}</li>}
    </ul>
  );
}
