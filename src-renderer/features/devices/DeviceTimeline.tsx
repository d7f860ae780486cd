import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Activity } from '#contract/models/activity.ts';
import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { activityRowQuery, queryKeys } from '#renderer/api/queries.ts';
import { useActivityEvents } from '#renderer/api/use-activity-events.ts';
import { ActivityKindWord, ActivityOutcomeWord } from '#renderer/components/ActivityWords.tsx';
import { deviceName } from '#renderer/components/device-name.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { ExchangeView } from '#renderer/components/ExchangeView.tsx';
import { useNow } from '#renderer/components/use-now.ts';
import { VirtualReplay } from '#renderer/components/virtual-replay/VirtualReplay.tsx';
import { activitySentence } from '#renderer/i18n/activity-text.ts';
import { formatBytes, formatExactTime } from '#renderer/i18n/format.ts';

import { groupByDay, mergeTimeline } from './timeline-rows.ts';

import styles from './DeviceTimeline.module.css';

const PAGE_ROWS = 200;
/** Only the names of the days depend on the time. */
const DAY_LOOK_MS = 60_000;
/** Reports come with the next batch, a second later; what took longer lay on the device. */
const LATE_MS = 60_000;

/** What happened on a device, newest first, in plain words; each row opens into what was sent and answered. */
export function DeviceTimeline({ device }: { readonly device: Device }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const { appId, deviceId } = device;
  const api = useApi();
  const [live, setLive] = useState<ReadonlyMap<number, Activity>>(new Map());
  const timeline = useInfiniteQuery({
    queryKey: [...queryKeys.activity, 'timeline', appId, deviceId],
    queryFn: ({ pageParam, signal }) =>
      api.devices.timeline(
        { appId, deviceId, limit: PAGE_ROWS, ...(pageParam === null ? {} : { beforeId: pageParam }) },
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < PAGE_ROWS ? undefined : page.at(-1)?.id),
    // Events reach only who is on the screen.
    refetchOnMount: 'always',
  });
  useActivityEvents({
    onRows(rows) {
      const own = rows.filter((row) => row.appId === appId && row.deviceId === deviceId);
      if (own.length > 0) setLive((known) => new Map([...known, ...own.map((row) => [row.id, row] as const)]));
    },
    // Everything is fetched anew then, and a row kept from before could be older than what comes.
    onBack: () => setLive(new Map()),
  });

  const rows = mergeTimeline(timeline.data?.pages.flat() ?? [], live);
  const days = groupByDay(rows, useNow(DAY_LOOK_MS));
  const nameOfDay = (distance: number, at: string) =>
    distance === 0
      ? t('timeline.today')
      : distance === 1
        ? t('timeline.yesterday')
        : new Date(at).toLocaleDateString(i18n.language, {
            weekday: 'long',
            day: 'numeric',
            month: 'long',
            year: 'numeric',
          });

  if (timeline.error !== null) return <ErrorPanel error={timeline.error} onRetry={() => void timeline.refetch()} />;
  if (timeline.data === undefined) return null;
  if (rows.length === 0) {
    return (
      <p className={styles.none}>
        {t('timeline.none')} {t('timeline.noneHint')}
      </p>
    );
  }
  return (
    <div className={styles.timeline} role="group" aria-label={t('timeline.label', { name: deviceName(device) })}>
      {days.map(({ key, distance, rows: ofDay }) => (
        <section key={key} className={styles.day}>
          <h3 className={styles.dayName}>{nameOfDay(distance, ofDay[0]?.happenedAt ?? '')}</h3>
          <ol>
            {ofDay.map((row) => (
              <TimelineRow key={row.id} row={row} />
            ))}
          </ol>
        </section>
      ))}
      {timeline.hasNextPage ? (
        <Button
          size="xs"
          className={styles.older}
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t('timeline.older')}
        </Button>
      ) : (
        <p className={styles.end}>{t('timeline.end')}</p>
      )}
    </div>
  );
}

const TimelineRow = memo(function TimelineRow({ row }: { readonly row: Activity }) {
  const { t, i18n } = useTranslation(['devices', 'common']);
  const [isOpen, setIsOpen] = useState(false);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className={styles.item} data-open={isOpen || undefined}>
      <button
        type="button"
        className={styles.row}
        aria-expanded={isOpen}
        title={t('timeline.showRaw')}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Chevron size={13} aria-hidden="true" className={styles.chevron} />
        <time dateTime={row.happenedAt} className={styles.time} title={formatExactTime(row.happenedAt, i18n.language)}>
          {new Date(row.happenedAt).toLocaleTimeString(i18n.language, { timeStyle: 'medium', hourCycle: 'h23' })}
        </time>
        <ActivityKindWord kind={row.kind} />
        <span className={styles.summary}>{activitySentence(row, i18n.language)}</span>
        {Date.parse(row.at) - Date.parse(row.happenedAt) > LATE_MS && (
          <span className={styles.bytes}>{t('timeline.late', { at: formatExactTime(row.at, i18n.language) })}</span>
        )}
        {row.kind === 'download' &&
          row.bytesSent !== null &&
          row.bytesTotal !== null &&
          row.bytesSent < row.bytesTotal && (
            <span className={styles.bytes}>
              {t('state.downloadBytes', {
                sent: formatBytes(row.bytesSent, i18n.language),
                total: formatBytes(row.bytesTotal, i18n.language),
              })}
            </span>
          )}
        <ActivityOutcomeWord outcome={row.outcome} />
      </button>
      {isOpen && <RawRow row={row} />}
    </li>
  );
});

function RawRow({ row }: { readonly row: Activity }) {
  const api = useApi();
  const { data, error, refetch } = useQuery(activityRowQuery(api, row));
  return (
    <div className={styles.raw}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <VirtualReplay detail={data} />
          <ExchangeView detail={data} />
        </>
      )}
    </div>
  );
}
