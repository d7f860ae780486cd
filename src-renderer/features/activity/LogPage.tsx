import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Page } from '#renderer/components/Page.tsx';

import { DetailPane } from './DetailPane.tsx';
import { FiguresPanel } from './figures/FiguresPanel.tsx';
import { filterOfCause, isFiltering, matcherOf, noFilter, rowTexts, type LogFilter } from './log-filter.ts';
import { useLogWords } from './log-words.ts';
import { LogActions } from './LogActions.tsx';
import { LogEmpty } from './LogEmpty.tsx';
import { LogFilters } from './LogFilters.tsx';
import { LogGrid } from './LogGrid.tsx';
import { useActivityLog } from './use-activity-log.ts';

import styles from './LogPage.module.css';

type Props = {
  readonly app: App;
  /** Shows this device's rows only, to begin with. */
  readonly deviceId: string | null;
};

/** The live log: what devices asked, got and reported, newest at the bottom. */
export function LogPage({ app, deviceId }: Props) {
  const { t, i18n } = useTranslation('activity');
  const api = useApi();
  const [log, snapshot] = useActivityLog(app.appId);
  const { data: devices } = useQuery(deviceListQuery(api, app.appId));
  const [filter, setFilter] = useState<LogFilter>({ ...noFilter, deviceId });
  const [activeId, setActiveId] = useState<number | null>(null);
  const [isDetailOpen, setIsDetailOpen] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  const names = useMemo(() => {
    const known = new Map<string, string>();
    for (const device of devices ?? []) known.set(device.deviceId, device.alias ?? device.customId ?? '');
    return known;
  }, [devices]);
  const words = useLogWords();
  const textOf = useMemo(() => rowTexts(words), [words]);
  const applied = useDeferredValue(filter);
  useEffect(() => {
    log.filter(matcherOf(applied, (id) => names.get(id) ?? '', textOf));
  }, [log, applied, names, textOf]);

  const closeDetail = () => {
    setIsDetailOpen(false);
    grid.current?.focus();
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTypingOrInLayer(event.target)) return;
    if (event.key === '/') {
      event.preventDefault();
      search.current?.focus();
      search.current?.select();
    } else if (event.key === 'p') {
      log.pause(!snapshot.isPaused);
    } else if (event.key === 'Escape' && isDetailOpen) {
      closeDetail();
    }
  });
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const number = (value: number) => value.toLocaleString(i18n.language);
  const { shown, loaded } = snapshot;
  const isEmpty = shown.length === 0 && !snapshot.isLoading;
  return (
    <Page
      title={t('title')}
      isFilling
      subtitle={
        isFiltering(applied)
          ? t('filtered', { shown: number(shown.length), total: number(loaded) })
          : t('rows', { count: loaded })
      }
      actions={<LogActions app={app} log={log} snapshot={snapshot} filter={applied} names={names} />}
    >
      <div className={styles.body}>
        <FiguresPanel app={app} onCause={(cause) => setFilter(filterOfCause(cause))} />
        <LogFilters
          ref={search}
          filter={filter}
          devices={devices ?? []}
          onFilter={setFilter}
          onLeave={() => grid.current?.focus()}
        />
        {snapshot.error !== null && <ErrorPanel error={snapshot.error} onRetry={() => void log.reset()} />}
        <div className={styles.split} data-detail={(isDetailOpen && activeId !== null) || undefined}>
          {isEmpty ? (
            snapshot.error === null && (
              <div className={styles.empty}>
                <LogEmpty loaded={loaded} onReset={() => setFilter(noFilter)} />
              </div>
            )
          ) : (
            <LogGrid
              ref={grid}
              snapshot={snapshot}
              names={names}
              activeId={activeId}
              onActive={setActiveId}
              onOpen={() => setIsDetailOpen(true)}
              onClose={() => setIsDetailOpen(false)}
              onReachTop={() => void log.loadOlder()}
            />
          )}
          {isDetailOpen && activeId !== null && (
            <DetailPane
              app={app}
              row={log.find(activeId)}
              rowId={activeId}
              names={names}
              onClose={closeDetail}
              onShow={setActiveId}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

/** Single letters are text in a field, and Escape belongs to the layer that is open. */
function isTypingOrInLayer(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('input, textarea, select, [role="dialog"], [role="listbox"]') !== null;
}
