import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel, ChannelHistoryEntry } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelHistoryQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { targetName, toTargetInput } from '#renderer/components/target/channel-target.ts';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import { HistoryChanges } from './HistoryChanges.tsx';
import { ReasonWords } from './ReasonWords.tsx';

import styles from './HistorySection.module.css';

const PAGE = 20;
/** As many as the core hands out at once. */
const MOST = 500;

/** What changed, newest first; what it offered before is one click away. */
export function HistorySection({ channel }: { readonly channel: Channel }) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const [limit, setLimit] = useState(PAGE);
  const { data: entries, error, refetch } = useQuery(channelHistoryQuery(api, channel.appId, channel.id, limit));
  const back = useRollBack(channel);
  return (
    <Section title={t('history.title')}>
      {error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {back.error !== null && <ErrorPanel error={back.error} />}
      {entries?.length === 0 && <p className={styles.none}>{t('history.none')}</p>}
      {entries !== undefined && entries.length > 0 && (
        <ol className={styles.entries}>
          {entries.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              isWorking={back.isPending && back.variables.id === entry.id}
              onBack={() => back.mutate(entry)}
            />
          ))}
        </ol>
      )}
      {entries !== undefined && entries.length >= limit && limit < MOST && (
        <div>
          <Button size="xs" onClick={() => setLimit(Math.min(MOST, limit * 4))}>
            {t('history.older')}
          </Button>
        </div>
      )}
    </Section>
  );
}

type EntryProps = {
  readonly entry: ChannelHistoryEntry;
  readonly isWorking: boolean;
  readonly onBack: () => void;
};

function Entry({ entry, isWorking, onBack }: EntryProps) {
  const { t } = useTranslation('channels');
  const { at, cause, before, target, note, canRollBack } = entry;
  const [from, to] = [targetName(before, t), targetName(target, t)];
  return (
    <li className={styles.entry}>
      <span className={styles.at}>
        <RelativeTime at={at} />
      </span>
      <div className={styles.what}>
        <p>
          <span className={styles.cause}>{t(`history.cause.${cause}`)}</span>
          {from !== to && <span className={styles.targets}>{t('history.fromTo', { from, to })}</span>}
        </p>
        <HistoryChanges changes={entry.changes} />
        {note !== null && (
          <p className={styles.note}>
            <ReasonWords reason={note} />
          </p>
        )}
      </div>
      {canRollBack && (
        <Button size="xs" loading={isWorking} leftSection={<Undo2 size={13} aria-hidden="true" />} onClick={onBack}>
          {t('history.back', { target: to })}
        </Button>
      )}
    </li>
  );
}

/** At once, since it can be taken back as quickly. */
function useRollBack(channel: Channel) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const sync = useChannelSync(channel.appId);
  const tellUndoable = useUndoable();
  const ref = { appId: channel.appId, channel: channel.id };
  return useMutation({
    mutationFn: ({ id }: ChannelHistoryEntry) => api.channels.rollBack({ ...ref, entryId: id }),
    onSuccess(_channel, entry) {
      const before = toTargetInput(channel.target);
      tellUndoable({
        message: t('history.backDone', { name: channel.name, target: targetName(entry.target, t) }),
        undo: async () => {
          await api.channels.setTarget({ ...ref, target: before });
          await sync();
        },
      });
    },
    onSettled: sync,
  });
}
