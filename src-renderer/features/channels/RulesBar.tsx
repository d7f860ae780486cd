import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelPreviewQuery } from '#renderer/api/queries.ts';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { countChanged } from '#renderer/components/answers/answer-groups.ts';
import { inverseChange } from '#renderer/components/channel-change.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import { SETTLE_MS } from './AnswersSection.tsx';
import type { RulesDraft } from './use-rules.ts';

import styles from './RulesBar.module.css';

type Props = { readonly channel: Channel; readonly draft: RulesDraft };

/** While something is changed: for how many devices, and whether to do it. Stays in sight below the rules. */
export function RulesBar({ channel, draft }: Props) {
  const { t, i18n } = useTranslation('channels');
  const api = useApi();
  const { appId, id, name } = channel;
  const sync = useChannelSync(appId);
  const tellUndoable = useUndoable();
  const [settled] = useDebouncedValue(draft.change, SETTLE_MS);
  const { data: preview } = useQuery({
    ...channelPreviewQuery(api, { appId, channel: id, change: settled }),
    enabled: draft.isDirty,
  });
  const save = useMutation({
    mutationFn: () => api.channels.update({ appId, channel: id, change: draft.change }),
    async onSuccess({ unpublished }) {
      const before = inverseChange(channel, draft.change);
      await sync();
      draft.reset();
      const names = new Intl.ListFormat(i18n.language).format(unpublished);
      tellUndoable({
        message: unpublished.length === 0 ? t('rules.saved', { name }) : t('rules.savedUnpublished', { name, names }),
        undo: async () => {
          await api.channels.update({ appId, channel: id, change: before });
          // A channel cannot be public beside this one, so this one goes first.
          for (const other of unpublished) {
            await api.channels.update({ appId, channel: other, change: { public: true } });
          }
          await sync();
        },
      });
    },
  });
  if (!draft.isDirty) return null;
  const count = preview === undefined ? null : countChanged(preview);
  return (
    <div className={styles.bar}>
      {save.error !== null && <ErrorPanel error={save.error} />}
      <div className={styles.line}>
        <p className={styles.words} role="status">
          <span className={styles.unsaved}>{t('rules.unsaved')}</span>{' '}
          {count === null
            ? t('answers.asking')
            : count === 0
              ? t('answers.noneAffected')
              : t('answers.affected', { count })}
        </p>
        <div className={styles.actions}>
          <Button
            onClick={() => {
              draft.reset();
              save.reset();
            }}
          >
            {t('rules.revert')}
          </Button>
          <Button variant="filled" loading={save.isPending} onClick={() => save.mutate()}>
            {t('rules.save')}
          </Button>
        </div>
      </div>
    </div>
  );
}
