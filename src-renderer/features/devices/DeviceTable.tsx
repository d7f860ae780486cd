import { Button, VisuallyHidden } from '@mantine/core';
import { ArrowDown, ArrowUp, CircleHelp } from 'lucide-react';
import { memo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { App } from '#contract/models/app.ts';
import type { Device } from '#contract/models/device.ts';
import { deviceName, shortDeviceId } from '#renderer/components/device-name.ts';
import { PlatformWord, RealityMark } from '#renderer/components/PlatformWord.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { WhyDrawer } from '#renderer/components/why/WhyDrawer.tsx';

import { ChannelCell } from './ChannelCell.tsx';
import { nextOrder, type SortColumn, type SortOrder } from './device-order.ts';
import { deviceHref } from './device-route.ts';
import { DeviceStateSentence } from './DeviceStateSentence.tsx';
import { KeyFitWord } from './KeyFitWord.tsx';
import { PluginVersion } from './PluginVersion.tsx';

import table from '#renderer/components/table.module.css';
import styles from './DeviceTable.module.css';

/** Left to right: what a person looks for first stands first. */
const columns = ['device', 'platform', 'state', 'bundle', 'native', 'channel', 'plugin', 'lastSeen'] as const;

/** Why? stands beside the state that it explains. */
const BEFORE_WHY = columns.indexOf('state') + 1;

type Props = {
  readonly app: App;
  readonly devices: readonly Device[];
  readonly order: SortOrder;
  readonly onOrder: (order: SortOrder) => void;
};

/** One row per device, live. */
export function DeviceTable({ app, devices, order, onOrder }: Props) {
  const { t } = useTranslation(['devices', 'common', 'keys', 'trace']);
  const [asked, setAsked] = useState<Device | null>(null);
  const toHead = (column: SortColumn) => <SortableHead key={column} column={column} order={order} onOrder={onOrder} />;
  return (
    <div className={`${table.scroll} ${styles.scroll}`}>
      <table className={table.table} aria-label={t('tableLabel', { name: app.name })}>
        <thead>
          <tr>
            {columns.slice(0, BEFORE_WHY).map(toHead)}
            <th scope="col">
              <VisuallyHidden>{t('trace:why')}</VisuallyHidden>
            </th>
            {columns.slice(BEFORE_WHY).map(toHead)}
            <th scope="col" data-column="key">
              {t('keys:device.column')}
            </th>
          </tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <DeviceRow key={device.deviceId} device={device} onWhy={setAsked} />
          ))}
        </tbody>
      </table>
      <WhyDrawer
        appId={app.appId}
        device={asked && { deviceId: asked.deviceId, name: deviceName(asked) }}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

function SortableHead(props: {
  readonly column: SortColumn;
  readonly order: SortOrder;
  readonly onOrder: (order: SortOrder) => void;
}) {
  const { column, order, onOrder } = props;
  const { t } = useTranslation(['devices', 'common']);
  const isSorted = order.column === column;
  const Arrow = order.isDescending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      data-column={column}
      aria-sort={isSorted ? (order.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={styles.sort}
        title={t('sortHint', { column: t(`column.${column}`) })}
        onClick={() => onOrder(nextOrder(order, column))}
      >
        {t(`column.${column}`)}
        <Arrow size={12} aria-hidden="true" data-shown={isSorted || undefined} className={styles.arrow} />
      </button>
    </th>
  );
}

type RowProps = { readonly device: Device; readonly onWhy: (device: Device) => void };

/** Rows of unchanged devices stay as they are: the list comes anew up to ten times a second. */
const DeviceRow = memo(function DeviceRow({ device, onWhy }: RowProps) {
  const { t } = useTranslation(['devices', 'common', 'trace']);
  const isNamed = deviceName(device) !== shortDeviceId(device.deviceId);
  return (
    <tr className={table.linkRow}>
      <td>
        <Link
          href={deviceHref(device.deviceId)}
          data-row-link
          className={`${styles.name} ${table.name}`}
          title={isNamed ? deviceName(device) : undefined}
          onKeyDown={moveBetweenRows}
        >
          {isNamed ? deviceName(device) : <code>{shortDeviceId(device.deviceId)}</code>}
        </Link>
        {isNamed && <code className={styles.id}>{shortDeviceId(device.deviceId)}</code>}
      </td>
      <td>
        <span className={styles.platform}>
          <PlatformWord platform={device.platform} />
          <RealityMark isVirtual={device.isVirtual} isEmulator={device.isEmulator} />
        </span>
      </td>
      <td data-column="state" className={table.grow}>
        <DeviceStateSentence state={device.state} />
      </td>
      <td data-column="why">
        <Button
          variant="subtle"
          className={styles.why}
          size="xs"
          aria-label={t('trace:whyOf', { name: deviceName(device) })}
          onClick={() => onWhy(device)}
        >
          <CircleHelp size={14} aria-hidden="true" className={styles.whyGlyph} />
          <span className={styles.whyWord}>{t('trace:why')}</span>
        </Button>
      </td>
      <td>
        <BundleVersion device={device} />
      </td>
      <td data-column="native">{device.nativeVersion === null ? <Unknown /> : <code>{device.nativeVersion}</code>}</td>
      <td data-column="channel" className={styles.channel}>
        <ChannelCell device={device} />
      </td>
      <td>
        <PluginVersion device={device} />
      </td>
      <td className={table.muted}>
        <RelativeTime at={device.lastSeenAt} />
      </td>
      <td data-column="key">
        <KeyFitWord device={device} />
      </td>
    </tr>
  );
});

function BundleVersion({ device }: { readonly device: Device }) {
  const { t } = useTranslation(['devices', 'common']);
  if (device.isOnBuiltin) return <span className={table.muted}>{t('builtin')}</span>;
  return device.bundleVersion === null ? <Unknown /> : <code>{device.bundleVersion}</code>;
}

function Unknown() {
  const { t } = useTranslation(['devices', 'common']);
  return <span className={table.muted}>{t('common:unknown')}</span>;
}

/** Arrows, j and k move the focus from row to row; Enter is the link's own. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const rows = event.currentTarget.closest('tbody');
  const links = [...(rows?.querySelectorAll<HTMLElement>('a[data-row-link]') ?? [])];
  const target = targetOf(event.key, links.indexOf(event.currentTarget), links.length);
  if (target === null) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, target))]?.focus();
}

function targetOf(key: string, focused: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return focused + 1;
    case 'ArrowUp':
    case 'k':
      return focused - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
