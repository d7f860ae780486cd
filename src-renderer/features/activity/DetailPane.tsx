import { ActionIcon, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, CircleHelp, Copy, RotateCw, Terminal, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import { ApiError } from '#contract/errors.ts';
import type { Activity } from '#contract/models/activity.ts';
import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { activityRowQuery, serverStatusQuery } from '#renderer/api/queries.ts';
import { ActivityKindWord, ActivityOutcomeWord } from '#renderer/components/ActivityWords.tsx';
import { useCopy } from '#renderer/components/CopyText.tsx';
import { shortDeviceId } from '#renderer/components/device-name.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { ExchangeView } from '#renderer/components/ExchangeView.tsx';
import { KeyValue, type KeyValueRow } from '#renderer/components/KeyValue.tsx';
import { TraceTable } from '#renderer/components/trace/TraceTable.tsx';
import { VirtualReplay } from '#renderer/components/virtual-replay/VirtualReplay.tsx';
import { WhyDrawer } from '#renderer/components/why/WhyDrawer.tsx';
import { activitySentence, statCause } from '#renderer/i18n/activity-text.ts';
import { formatBytes, formatDuration, formatExactTime } from '#renderer/i18n/format.ts';

import { curlCommand } from './curl-command.ts';
import { ReplaySection } from './replay/ReplaySection.tsx';

import styles from './DetailPane.module.css';

type Props = {
  readonly app: App;
  readonly rowId: number;
  /** The row as the log has it; undefined once it was dropped or cleared. */
  readonly row: Activity | undefined;
  readonly names: ReadonlyMap<string, string>;
  readonly onClose: () => void;
  /** Goes to another row. */
  readonly onShow: (id: number) => void;
};

/** Reports come with the next batch, a second later; what took longer lay on the device. */
const LATE_MS = 60_000;

/** Everything about one row: the sentence, why, what was sent and what was answered. */
export function DetailPane({ app, rowId, row, names, onClose, onShow }: Props) {
  const { t } = useTranslation('activity');
  return (
    <aside className={styles.pane} aria-label={t('detail.title', { id: rowId })}>
      {row === undefined ? (
        <div className={styles.head}>
          <p className={styles.none}>{t('detail.gone')}</p>
          <CloseButton onClose={onClose} />
        </div>
      ) : (
        <KnownRow key={row.id} app={app} row={row} names={names} onClose={onClose} onShow={onShow} />
      )}
    </aside>
  );
}

function CloseButton({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('activity');
  return (
    <ActionIcon size="xs" aria-label={t('detail.close')} onClick={onClose}>
      <X size={15} aria-hidden="true" />
    </ActionIcon>
  );
}

function KnownRow(props: {
  readonly app: App;
  readonly row: Activity;
  readonly names: ReadonlyMap<string, string>;
  readonly onClose: () => void;
  readonly onShow: (id: number) => void;
}) {
  const { app, row, names, onClose, onShow } = props;
  const { t, i18n } = useTranslation(['activity', 'common']);
  const api = useApi();
  const { data: detail, error, refetch } = useQuery(activityRowQuery(api, row));
  const { data: status } = useQuery(serverStatusQuery(api));
  const [copiedJson, copyJson] = useCopy();
  const [copiedCurl, copyCurl] = useCopy();
  const replay = useMutation({ mutationFn: () => api.activity.replay({ id: row.id, to: 'server' }) });
  const [isAsking, setIsAsking] = useState(false);
  const origin = status?.device.urls[0] ?? `http://127.0.0.1:${status?.device.port ?? 8787}`;
  const cause = row.kind === 'stats' && row.action !== null ? statCause(row.action, row.version, i18n.language) : null;
  const isGone = error instanceof ApiError && error.code === 'EVENT_NOT_FOUND';
  return (
    <>
      <div className={styles.head}>
        <span className={styles.words}>
          <ActivityKindWord kind={row.kind} />
          <ActivityOutcomeWord outcome={row.outcome} />
        </span>
        <CloseButton onClose={onClose} />
      </div>
      <div className={styles.content}>
        <h2 className={styles.sentence}>{activitySentence(row, i18n.language)}</h2>
        {cause !== null && (
          <p className={styles.cause}>
            <strong>
              {t('detail.cause')}
              {t('common:colon')}
            </strong>{' '}
            {cause}
          </p>
        )}
        <div className={styles.actions}>
          <Button
            size="xs"
            disabled={detail === undefined}
            leftSection={copiedJson ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
            onClick={() => copyJson(JSON.stringify(detail, null, 2))}
          >
            {t('detail.copyJson')}
          </Button>
          <Button
            size="xs"
            disabled={detail === undefined}
            leftSection={
              copiedCurl ? <Check size={13} aria-hidden="true" /> : <Terminal size={13} aria-hidden="true" />
            }
            onClick={() => {
              if (detail === undefined) return;
              copyCurl(curlCommand(detail, { origin, token: row.appId === app.appId ? app.token : null }));
            }}
          >
            {t('detail.copyCurl')}
          </Button>
          {row.appId !== null && row.kind !== 'unpaired' && (
            <Button
              size="xs"
              title={t('replay.hint')}
              disabled={row.outcome === 'running' || detail === undefined}
              loading={replay.isPending}
              leftSection={<RotateCw size={13} aria-hidden="true" />}
              onClick={() => replay.mutate()}
            >
              {t('replay.action')}
            </Button>
          )}
          {row.deviceId !== null && row.appId === app.appId && (
            <Button
              size="xs"
              leftSection={<CircleHelp size={13} aria-hidden="true" />}
              onClick={() => setIsAsking(true)}
            >
              {t('detail.whyNow')}
            </Button>
          )}
          {detail !== undefined && row.appId === app.appId && <VirtualReplay detail={detail} />}
        </div>
        <div aria-live="polite">
          {replay.error !== null && <ErrorPanel error={replay.error} />}
          {replay.data !== undefined && detail !== undefined && (
            <ReplaySection original={detail} replay={replay.data.row} onShow={onShow} />
          )}
        </div>
        <Facts row={row} onShow={onShow} name={row.deviceId === null ? '' : (names.get(row.deviceId) ?? '')} />
        {isGone && <p className={styles.none}>{t('detail.gone')}</p>}
        {error !== null && !isGone && <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {detail?.trace !== undefined && detail.trace.length > 0 && <TraceTable trace={detail.trace} />}
        {detail !== undefined && <ExchangeView detail={detail} />}
        <WhyDrawer
          appId={app.appId}
          device={isAsking && row.deviceId !== null ? { deviceId: row.deviceId, name: nameOf(row, names) } : null}
          onClose={() => setIsAsking(false)}
        />
      </div>
    </>
  );
}

function nameOf({ deviceId }: Activity, names: ReadonlyMap<string, string>): string {
  const name = deviceId === null ? '' : (names.get(deviceId) ?? '');
  return name === '' ? shortDeviceId(deviceId ?? '') : name;
}

function Facts({
  row,
  name,
  onShow,
}: {
  readonly row: Activity;
  readonly name: string;
  readonly onShow: (id: number) => void;
}) {
  const { t, i18n } = useTranslation('activity');
  const bytes = (value: number) => formatBytes(value, i18n.language);
  const rows: readonly (KeyValueRow | null)[] = [
    { label: t('detail.at'), value: formatExactTime(row.at, i18n.language) },
    Date.parse(row.at) - Date.parse(row.happenedAt) > LATE_MS
      ? { label: t('detail.happened'), value: formatExactTime(row.happenedAt, i18n.language) }
      : null,
    row.replayOf === null ? null : { label: t('replay.of'), value: <ReplayOf id={row.replayOf} onShow={onShow} /> },
    row.deviceId === null
      ? null
      : {
          label: t('detail.device'),
          value: (
            <Link href={`/devices/${encodeURIComponent(row.deviceId)}`}>
              {name === '' ? <code>{row.deviceId}</code> : name}
            </Link>
          ),
        },
    row.remoteAddress === null ? null : { label: t('detail.address'), value: <code>{row.remoteAddress}</code> },
    row.version === null ? null : { label: t('detail.version'), value: <code>{row.version}</code> },
    row.action === null ? null : { label: t('detail.action'), value: <code>{row.action}</code> },
    row.durationMs === null
      ? null
      : { label: t('detail.took'), value: formatDuration(Math.round(row.durationMs), i18n.language) },
    row.bytesSent === null
      ? null
      : {
          label: t('detail.size'),
          value:
            row.bytesTotal === null || row.bytesTotal === row.bytesSent
              ? bytes(row.bytesSent)
              : t(row.outcome === 'failed' ? 'detail.brokeOff' : 'bytesOf', {
                  sent: bytes(row.bytesSent),
                  total: bytes(row.bytesTotal),
                }),
        },
  ];
  return <KeyValue rows={rows.filter((each) => each !== null)} />;
}

function ReplayOf({ id, onShow }: { readonly id: number; readonly onShow: (id: number) => void }) {
  const { t } = useTranslation('activity');
  return (
    <Button size="xs" variant="subtle" onClick={() => onShow(id)}>
      {t('detail.title', { id })}
    </Button>
  );
}
