import { memo } from 'react';

import type { Activity } from '#contract/models/activity.ts';
import { ActivityKindMark, ActivityOutcomeMark } from '#renderer/components/ActivityWords.tsx';
import { shortDeviceId } from '#renderer/components/device-name.ts';
import { activitySentence } from '#renderer/i18n/activity-text.ts';
import { formatBytes, formatDuration, formatExactTime } from '#renderer/i18n/format.ts';

import { formatLogTime } from './log-time.ts';
import type { LogWords } from './log-words.ts';

import styles from './LogRow.module.css';

type Props = {
  readonly row: Activity;
  /** Name of its device; empty when nobody gave it one. */
  readonly name: string;
  readonly rowIndex: number;
  /** Distance from the first row, in pixels. */
  readonly top: number;
  readonly nowMs: number;
  readonly isActive: boolean;
  readonly words: LogWords;
};

export function rowElementId(id: number): string {
  return `activity-${id}`;
}

/** One row in view. Stays as it is while only others change, and uses no hook: fast scrolling makes hundreds a second. */
export const LogRow = memo(function LogRow({ row, name, rowIndex, top, nowMs, isActive, words }: Props) {
  const { language } = words;
  const sentence = activitySentence(row, language);
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
      <span role="gridcell" data-column="time" className={styles.cell} title={formatExactTime(row.at, language)}>
        {formatLogTime(row.at, nowMs, language)}
      </span>
      <span role="gridcell" data-column="kind" className={styles.cell}>
        <ActivityKindMark kind={row.kind} word={words.kinds[row.kind]} />
      </span>
      <span role="gridcell" data-column="outcome" className={styles.cell}>
        <ActivityOutcomeMark outcome={row.outcome} word={words.outcomes[row.outcome]} />
      </span>
      <span role="gridcell" data-column="device" className={styles.cell} title={row.deviceId ?? undefined}>
        {row.deviceId === null ? (
          <span className={styles.muted}>{row.remoteAddress ?? words.noDevice}</span>
        ) : name === '' ? (
          <code>{shortDeviceId(row.deviceId)}</code>
        ) : (
          name
        )}
      </span>
      <span role="gridcell" data-column="what" className={styles.cell} title={sentence}>
        {row.replayOf !== null && <span className={styles.replay}>{words.replay}</span>}
        {sentence}
      </span>
      <span role="gridcell" data-column="size" className={styles.cell}>
        <Size row={row} words={words} />
      </span>
      <span role="gridcell" data-column="took" className={styles.cell}>
        {row.durationMs === null ? '' : formatDuration(Math.round(row.durationMs), language)}
      </span>
    </div>
  );
});

function Size({ row, words }: { readonly row: Activity; readonly words: LogWords }) {
  const { bytesSent, bytesTotal, outcome } = row;
  if (bytesSent === null) return null;
  const sent = formatBytes(bytesSent, words.language);
  if (bytesTotal === null || bytesSent === bytesTotal) return sent;
  const text = words.bytesOf(sent, formatBytes(bytesTotal, words.language));
  return outcome === 'failed' ? <span className={styles.broken}>{text}</span> : text;
}
