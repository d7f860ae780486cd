import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from 'react';
import { useTranslation } from 'react-i18next';

import { useNow } from '#renderer/components/use-now.ts';

import type { LogSnapshot } from './activity-log.ts';
import { indexOfId } from './log-rows.ts';
import { useLogWords } from './log-words.ts';
import { LogRow, rowElementId } from './LogRow.tsx';
import { useRowHeight } from './use-row-height.ts';

import styles from './LogGrid.module.css';
import rowStyles from './LogRow.module.css';

const OVERSCAN = 12;
const DAY_LOOK_MS = 60_000;
const columns = ['time', 'kind', 'outcome', 'device', 'what', 'size', 'took'] as const;

type Props = {
  readonly ref: Ref<HTMLDivElement>;
  readonly snapshot: LogSnapshot;
  readonly names: ReadonlyMap<string, string>;
  readonly activeId: number | null;
  readonly onActive: (id: number) => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  /** The oldest row that is there came into view. */
  readonly onReachTop: () => void;
};

/** Where the view stands: at the newest row, or held by a row so that nothing moves under the eyes. */
type Hold = { readonly id: number; readonly offset: number; readonly seenId: number } | null;

/** The rows, of which only those in view are in the page. One stop for Tab; arrows move within. */
export function LogGrid(props: Props) {
  const { ref, snapshot, names, activeId, onActive, onOpen, onClose, onReachTop } = props;
  const { shown, hasOlder, isLoading } = snapshot;
  const { t } = useTranslation('activity');
  const words = useLogWords();
  const nowMs = useNow(DAY_LOOK_MS);
  const { rowHeight, headHeight } = useRowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const [hold, setHold] = useState<Hold>(null);
  useImperativeHandle(ref, () => scroller.current as HTMLDivElement);

  // Its functions read the scroll position of the moment, which no compiler may remember; none is used here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    // Rows lie below the head, which covers the top of the view: only the end of a row can be hidden by it.
    scrollPaddingEnd: headHeight,
    getItemKey: (index) => shown[index]?.id ?? index,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const place = useEffectEvent(() => {
    const element = scroller.current;
    if (element === null) return;
    const top =
      hold === null ? element.scrollHeight - element.clientHeight : indexOfId(shown, hold.id) * rowHeight + hold.offset;
    if (Math.abs(element.scrollTop - top) > 1) element.scrollTop = top;
  });
  // After rows came, went or were filtered, and when the view got another size: back to where the person was,
  // before anything is painted.
  useLayoutEffect(() => place(), [snapshot, hold, rowHeight]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => place());
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const fromBottom = element.scrollHeight - element.clientHeight - element.scrollTop;
    if (fromBottom < rowHeight / 2) {
      if (hold !== null) setHold(null);
    } else {
      const first = Math.floor(element.scrollTop / rowHeight);
      const id = shown[first]?.id ?? 0;
      const seenId = hold?.seenId ?? shown.at(-1)?.id ?? 0;
      setHold({ id, offset: element.scrollTop - first * rowHeight, seenId });
    }
    if (element.scrollTop < rowHeight * 20 && hasOlder) onReachTop();
  };

  // A filter that leaves few rows: there is nothing to scroll, so the rest is fetched until the view is full.
  const isViewFull = shown.length * rowHeight > (scroller.current?.clientHeight ?? 0);
  useLayoutEffect(() => {
    if (!isViewFull && hasOlder && !isLoading) onReachTop();
  }, [isViewFull, hasOlder, isLoading, onReachTop]);

  const newRows = hold === null ? 0 : shown.length - indexOfId(shown, hold.seenId + 1);
  const toNewest = () => {
    setHold(null);
    scroller.current?.focus();
  };

  const activate = (index: number) => {
    const row = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (row === undefined) return;
    onActive(row.id);
    virtualizer.scrollToIndex(indexOfId(shown, row.id), { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== scroller.current) return;
    const current = activeId === null ? shown.length : indexOfId(shown, activeId);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const target = targetOf(event.key, current, shown.length, page);
    if (target !== null) activate(target);
    else if (event.key === 'Enter' && activeId !== null) onOpen();
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    if (event.key === 'End') setHold(null);
  };

  const isActiveRendered = virtualizer.getVirtualItems().some(({ index }) => shown[index]?.id === activeId);
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label={t('label')}
        aria-rowcount={shown.length + 1}
        aria-busy={isLoading}
        aria-activedescendant={isActiveRendered && activeId !== null ? rowElementId(activeId) : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const id = clickedRow(event.target);
          if (id === null) return;
          onActive(id);
          onOpen();
        }}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={rowStyles.columns}>
            {columns.map((column) => (
              <span key={column} role="columnheader" data-column={column} className={rowStyles.cell}>
                {t(`column.${column}`)}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = shown[index];
            return (
              row !== undefined && (
                <LogRow
                  key={row.id}
                  row={row}
                  name={row.deviceId === null ? '' : (names.get(row.deviceId) ?? '')}
                  rowIndex={index + 2}
                  top={start}
                  nowMs={nowMs}
                  isActive={row.id === activeId}
                  words={words}
                />
              )
            );
          })}
        </div>
      </div>
      {isLoading && hasOlder && (
        <p className={styles.older} role="status">
          {t('loadingOlder')}
        </p>
      )}
      {hold !== null && (
        <Button
          className={styles.newest}
          size="xs"
          variant={newRows > 0 ? 'filled' : 'default'}
          leftSection={<ArrowDown size={13} aria-hidden="true" />}
          onClick={toNewest}
        >
          {newRows > 0 ? t('newRows', { count: newRows }) : t('toNewest')}
        </Button>
      )}
    </div>
  );
}

function targetOf(key: string, current: number, count: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return current + 1;
    case 'ArrowUp':
    case 'k':
      return current - 1;
    case 'PageDown':
      return current + page;
    case 'PageUp':
      return current - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function clickedRow(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
  return row?.dataset['row'] === undefined ? null : Number(row.dataset['row']);
}
