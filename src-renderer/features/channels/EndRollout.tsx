import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { AnswerChange } from '#renderer/components/answers/AnswerChange.tsx';
import { ConfirmDialog } from '#renderer/components/ConfirmDialog.tsx';
import { targetName, toTargetInput } from '#renderer/components/target/channel-target.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import type { Rollout } from './rollout.ts';

export type RolloutEnd = 'promote' | 'rollBack';

type Props = {
  readonly channel: Channel;
  readonly rollout: Rollout;
  readonly end: RolloutEnd | null;
  readonly onClose: () => void;
};

/** Both ends of a rollout forget who was chosen, so both are asked about, with what they change for whom. */
export function EndRollout({ channel, rollout, end, onClose }: Props) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const { appId, id, name } = channel;
  const { version } = rollout;
  const sync = useChannelSync(appId);
  const target = targetName(channel.target, t);
  const ref = { appId, channel: id };
  return (
    <>
      <ConfirmDialog
        isOpen={end === 'promote'}
        onClose={onClose}
        title={t('roll.promoteTitle', { version })}
        confirmLabel={t('roll.promoteConfirm', { version })}
        onConfirm={async () => {
          await api.channels.promoteRollout(ref);
          announce(t('roll.promoteDone', { name, version }));
          await sync();
        }}
      >
        <p>{t('roll.promoteBody', { target, name })}</p>
        <AnswerChange
          input={{ ...ref, target: { kind: 'release', release: rollout.releaseId }, rollout: null }}
          channel={name}
        />
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={end === 'rollBack'}
        onClose={onClose}
        title={t('roll.backTitle', { version })}
        confirmLabel={t('roll.backConfirm', { target })}
        isDestructive
        onConfirm={async () => {
          await api.channels.rollBackRollout(ref);
          announce(t('roll.backDone', { name, version }));
          await sync();
        }}
      >
        <p>{t('roll.backBody', { version, target })}</p>
        <AnswerChange input={{ ...ref, target: toTargetInput(channel.target), rollout: null }} channel={name} />
      </ConfirmDialog>
    </>
  );
}
