import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, Eraser, Pause, Play, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { saveTextFile } from '#renderer/components/save-file.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import type { ActivityLog, LogSnapshot } from './activity-log.ts';
import { exportLog } from './export-log.ts';
import { matcherOf, rowTexts, type LogFilter } from './log-filter.ts';
import { useLogWords } from './log-words.ts';

type Props = {
  readonly app: App;
  readonly log: ActivityLog;
  readonly snapshot: LogSnapshot;
  readonly filter: LogFilter;
  readonly names: ReadonlyMap<string, string>;
};

export function LogActions({ app, log, snapshot, filter, names }: Props) {
  const { t, i18n } = useTranslation('activity');
  const api = useApi();
  const words = useLogWords();
  const queryClient = useQueryClient();
  const [isClearing, setIsClearing] = useState(false);
  const [progress, setProgress] = useState(0);
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const { isPaused, waiting, loaded, shown } = snapshot;

  const save = useMutation({
    mutationFn: async () => {
      abort.current = new AbortController();
      const { signal } = abort.current;
      setProgress(0);
      const matches = matcherOf(filter, (id) => names.get(id) ?? '', rowTexts(words));
      const { rows, parts } = await exportLog({
        api,
        untilId: shown.at(-1)?.id ?? 0,
        matches: (row) => (row.appId === null || row.appId === app.appId) && matches(row),
        signal,
        onProgress: setProgress,
      });
      signal.throwIfAborted();
      saveTextFile(`slipway-activity-${app.appId}-${fileStamp(new Date())}.json`, parts, 'application/json');
      return rows;
    },
    onSuccess: (rows) => announce(t('exported', { count: rows })),
    onError: (error) => {
      if (abort.current?.signal.aborted === true) return;
      announce(errorSentences(toWireError(error), i18n.language).message, 'assertive');
    },
  });

  return (
    <>
      <Button
        aria-pressed={isPaused}
        aria-keyshortcuts="p"
        disabled={loaded === 0 && !isPaused}
        leftSection={isPaused ? <Play size={14} aria-hidden="true" /> : <Pause size={14} aria-hidden="true" />}
        onClick={() => log.pause(!isPaused)}
      >
        {isPaused ? (waiting === 0 ? t('paused') : t('pausedNew', { count: waiting })) : t('pause')}
      </Button>
      {save.isPending ? (
        <Button leftSection={<X size={14} aria-hidden="true" />} onClick={() => abort.current?.abort()}>
          {t('exporting', { percent: Math.floor(progress * 100) })}
        </Button>
      ) : (
        <Button
          disabled={shown.length === 0}
          leftSection={<Download size={14} aria-hidden="true" />}
          onClick={() => save.mutate()}
        >
          {t('export')}
        </Button>
      )}
      <Button
        disabled={loaded === 0}
        leftSection={<Eraser size={14} aria-hidden="true" />}
        onClick={() => setIsClearing(true)}
      >
        {t('clear')}
      </Button>
      <ConfirmDialog
        isOpen={isClearing}
        onClose={() => setIsClearing(false)}
        title={t('clearTitle', { name: app.name })}
        confirmLabel={t('clearAction')}
        isDestructive
        onConfirm={async () => {
          const { removed } = await api.activity.clear({ appId: app.appId });
          announce(t('cleared', { count: removed }));
          void queryClient.invalidateQueries({ queryKey: queryKeys.activity });
          await log.reset();
        }}
      >
        <p>{t('clearBody', { name: app.name })}</p>
        <p>{t('clearHint')}</p>
      </ConfirmDialog>
    </>
  );
}

/** `20261124-153012`, in the person's zone. */
function fileStamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
