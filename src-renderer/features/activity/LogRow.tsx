import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Activity } from '#contract/models/activity.ts';
import { ActivityKindWord, ActivityOutcomeWord } from '#renderer/components/ActivityWords.tsx';
import { formatBytes, formatDuration, formatExactTime } from '#renderer/i18n/format.ts';

import { formatLogTime } from './log-time.ts';

import styles from './LogRow.module.css';

const SHORT_ID = 8;

type Props = {
  readonly row: Activity;
  /** Name of its device; empty when nobody gave it one. */
  readonly name: string;
  readonly rowIndex: number;
  /** Distance from the first row, in pixels. */
  readonly top: number;
  readonly nowMs: number;
  readonly isActive: boolean;
};

export function rowElementId(id: number): string {
  return `activity-${id}`;
}

/** One row in view. Stays as it is while only others change. */
export const LogRow = memo(function LogRow({ row, name, rowIndex, top, nowMs, isActive }: Props) {
  const { t, i18n } = useTranslation('activity');
  return (
    <div
      id={rowElementId(row.id)}
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={isActive}
      data-row={row.id}
      className={`${styles.row} ${styles.columns}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="gridcell" data-column="time" className={styles.cell} title={formatExactTime(row.at, i18n.language)}>
        {formatLogTime(row.at, nowMs, i18n.language)}
      </span>
      <span role="gridcell" data-column="kind" className={styles.cell}>
        <ActivityKindWord kind={row.kind} />
      </span>
      <span role="gridcell" data-column="outcome" className={styles.cell}>
        <ActivityOutcomeWord outcome={row.outcome} />
      </span>
      <span role="gridcell" data-column="device" className={styles.cell} title={row.deviceId ?? undefined}>
        {row.deviceId === null ? (
          <span className={styles.muted}>{row.remoteAddress ?? t('noDevice')}</span>
        ) : name === '' ? (
          <code>{row.deviceId.slice(0, SHORT_ID)}</code>
        ) : (
          name
        )}
      </span>
      <span role="gridcell" data-column="what" className={styles.cell} title={row.summary}>
        {row.summary}
      </span>
      <span role="gridcell" data-column="size" className={styles.cell}>
        <Size row={row} />
      </span>
      <span role="gridcell" data-column="took" className={styles.cell}>
        {row.durationMs === null ? '' : formatDuration(Math.round(row.durationMs), i18n.language)}
      </span>
    </div>
  );
});

function Size({ row: { bytesSent, bytesTotal, outcome } }: { readonly row: Activity }) {
  const { t, i18n } = useTranslation('activity');
  if (bytesSent === null) return null;
  const sent = formatBytes(bytesSent, i18n.language);
  if (bytesTotal === null || bytesSent === bytesTotal) return sent;
  const total = formatBytes(bytesTotal, i18n.language);
  const text = t('bytesOf', { sent, total });
  return outcome === 'failed' ? <span className={styles.broken}>{text}</span> : text;
}
