import { ActionIcon, Button, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Watch } from '#contract/models/watch.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { FindingList } from '#renderer/components/FindingList.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord, type Tone } from '#renderer/components/StateWord.tsx';

import styles from './WatchSection.module.css';

const tones = {
  off: 'neutral',
  waiting: 'success',
  missing: 'warning',
  settling: 'running',
  publishing: 'running',
} as const satisfies Record<Watch['state'], Tone>;

/** One watched folder: on or off, what it is doing, what it published last, and why the last build was refused. */
export function WatchRow({ watch }: { readonly watch: Watch }) {
  const { t } = useTranslation('watch');
  const api = useApi();
  const queryClient = useQueryClient();
  const refresh = { onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.watches }) };
  const { watchId, path } = watch;
  const update = useMutation({
    mutationFn: (change: { readonly isOn?: boolean; readonly allowWarnings?: boolean }) =>
      api.watches.update({ watchId, ...change }),
    ...refresh,
  });
  const tryAgain = useMutation({ mutationFn: () => api.watches.tryAgain({ watchId }), ...refresh });
  const remove = useMutation({ mutationFn: () => api.watches.remove({ watchId }), ...refresh });
  const isOn = update.isPending ? (update.variables.isOn ?? watch.isOn) : watch.isOn;
  const hasFailed = watch.lastResult?.kind === 'failed';
  const failure = update.error ?? tryAgain.error ?? remove.error;
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <Switch
          size="sm"
          checked={isOn}
          aria-label={t('isOn', { path })}
          onChange={(event) => update.mutate({ isOn: event.currentTarget.checked })}
        />
        <code className={styles.path} title={watch.folder}>
          {path}
        </code>
        <span className={styles.state} aria-live="polite">
          <StateWord tone={watch.state === 'waiting' && hasFailed ? 'neutral' : tones[watch.state]}>
            {t(`state.${watch.state}`)}
          </StateWord>
        </span>
        <ActionIcon
          size="xs"
          aria-label={t('remove', { path })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <X size={14} aria-hidden="true" />
        </ActionIcon>
      </div>
      <p className={styles.facts}>
        <LastPublish watch={watch} />
        <Options watch={watch} />
      </p>
      {watch.state === 'missing' && <p className={styles.facts}>{t('missing', { folder: watch.folder })}</p>}
      {watch.isOn && watch.pollingReason !== null && (
        <p className={styles.facts}>{t('polling', { reason: watch.pollingReason })}</p>
      )}
      {failure !== null && <ErrorPanel error={failure} />}
      {watch.isOn && watch.lastResult?.kind === 'failed' && (
        <Refusal
          result={watch.lastResult}
          isBusy={tryAgain.isPending || watch.state === 'publishing'}
          onTryAgain={() => tryAgain.mutate()}
          onAcceptWarnings={() => update.mutate({ allowWarnings: true })}
        />
      )}
    </li>
  );
}

function LastPublish({ watch: { lastPublish, lastResult } }: { readonly watch: Watch }) {
  const { t } = useTranslation('watch');
  if (lastPublish === null) return <span>{t('never')}</span>;
  const { version, releaseId, at } = lastPublish;
  return (
    <span>
      <Link href={`/release/${releaseId}`}>
        {t(lastResult?.kind === 'unchanged' ? 'unchanged' : 'published', { version })}
      </Link>{' '}
      <RelativeTime at={at} />
    </span>
  );
}

/** Where it goes and how, as far as that is not the usual way. */
function Options({ watch: { channel, key, allowWarnings, delta } }: { readonly watch: Watch }) {
  const { t } = useTranslation('watch');
  const words = [
    channel === null ? null : t('to', { channel }),
    key === null ? null : t('encrypted', { key }),
    allowWarnings ? t('withWarnings') : null,
    delta ? null : t('fullOnly'),
  ].filter((word) => word !== null);
  return words.map((word) => <span key={word}>{word}</span>);
}

type RefusalProps = {
  readonly result: Extract<Watch['lastResult'], { kind: 'failed' }>;
  readonly isBusy: boolean;
  readonly onTryAgain: () => void;
  readonly onAcceptWarnings: () => void;
};

function Refusal({ result, isBusy, onTryAgain, onAcceptWarnings }: RefusalProps) {
  const { t } = useTranslation('watch');
  return (
    <div className={styles.refusal}>
      <ErrorPanel
        error={result.error}
        title={t('failed')}
        actions={
          <>
            <RelativeTime at={result.at} />
            {result.error.code === 'BUILD_HAS_WARNINGS' ? (
              <Button size="xs" loading={isBusy} onClick={onAcceptWarnings}>
                {t('acceptWarnings')}
              </Button>
            ) : (
              <Button size="xs" loading={isBusy} onClick={onTryAgain}>
                {t('tryAgain')}
              </Button>
            )}
          </>
        }
      />
      {result.findings.length > 0 && <FindingList findings={result.findings} />}
    </div>
  );
}
