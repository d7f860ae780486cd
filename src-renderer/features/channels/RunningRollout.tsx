import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { CircleCheckBig, Pause, Play, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Channel } from '#contract/models/channel.ts';
import type { Release } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { AnswerChange } from '#renderer/components/answers/AnswerChange.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Health } from '#renderer/components/Health.tsx';
import { targetName } from '#renderer/components/target/channel-target.ts';
import { useUndoable } from '#renderer/components/use-undoable.tsx';
import { formatShare } from '#renderer/i18n/format.ts';

import { SETTLE_MS } from './AnswersSection.tsx';
import { EndRollout, type RolloutEnd } from './EndRollout.tsx';
import type { Rollout } from './rollout.ts';
import { RolloutState } from './RolloutState.tsx';
import { ShareInput } from './ShareInput.tsx';

import styles from './RolloutSection.module.css';

type Props = {
  readonly channel: Channel;
  readonly rollout: Rollout;
  /** The release that is rolled out, as far as the list has come. */
  readonly release: Release | undefined;
};

/** A rollout under way: how far it is, how it goes, and what can be done with it. */
export function RunningRollout({ channel, rollout, release }: Props) {
  const { t, i18n } = useTranslation('channels');
  const [entered, setEntered] = useState<number | null>(null);
  const [end, setEnd] = useState<RolloutEnd | null>(null);
  const { version, percentageBps } = rollout;
  const share = entered ?? percentageBps;
  const [settled] = useDebouncedValue(share, SETTLE_MS);
  const change = useRolloutChange(channel, rollout);
  const isPaused = rollout.pausedAt !== null;
  const target = targetName(channel.target, t);
  return (
    <>
      <RolloutState channel={channel} rollout={rollout} />
      <div className={styles.facts}>
        <Link href={`/release/${rollout.releaseId}`} className={styles.version}>
          {version}
        </Link>
        {release !== undefined && <Health health={release.health} />}
        <span className={styles.muted}>
          {rollout.decidedDevices === 0
            ? t('roll.drawnNone')
            : t('roll.drawn', { count: rollout.decidedDevices, selected: rollout.selectedDevices })}
        </span>
      </div>
      <ShareInput value={share} onChange={setEntered} />
      {settled !== percentageBps && share !== percentageBps && (
        <AnswerChange
          input={{ appId: channel.appId, channel: channel.id, rollout: { percentageBps: settled } }}
          channel={channel.name}
        />
      )}
      {share !== percentageBps && (
        <div className={styles.actions}>
          <Button onClick={() => setEntered(null)}>{t('rules.revert')}</Button>
          <Button
            variant="filled"
            loading={change.isPending}
            onClick={() => change.mutate({ kind: 'share', basisPoints: share }, { onSuccess: () => setEntered(null) })}
          >
            {t('roll.set', { percent: formatShare(share, i18n.language) })}
          </Button>
        </div>
      )}
      {change.error !== null && <ErrorPanel error={change.error} />}
      <dl className={styles.ways}>
        <dt>
          {!rollout.enabled ? (
            <Button
              leftSection={<Play size={14} aria-hidden="true" />}
              loading={change.isPending}
              onClick={() => change.mutate({ kind: 'enable' })}
            >
              {t('roll.enable')}
            </Button>
          ) : isPaused ? (
            <Button
              leftSection={<Play size={14} aria-hidden="true" />}
              loading={change.isPending}
              onClick={() => change.mutate({ kind: 'resume' })}
            >
              {t('roll.resume')}
            </Button>
          ) : (
            <Button
              leftSection={<Pause size={14} aria-hidden="true" />}
              loading={change.isPending}
              onClick={() => change.mutate({ kind: 'pause' })}
            >
              {t('roll.pause')}
            </Button>
          )}
        </dt>
        <dd>
          {rollout.enabled && !isPaused
            ? t('roll.pauseHint', { version })
            : t('roll.resumeHint', { percent: formatShare(percentageBps, i18n.language) })}
        </dd>
        <dt>
          <Button leftSection={<CircleCheckBig size={14} aria-hidden="true" />} onClick={() => setEnd('promote')}>
            {t('roll.promote')}
          </Button>
        </dt>
        <dd>{t('roll.promoteHint', { version })}</dd>
        <dt>
          <Button leftSection={<Undo2 size={14} aria-hidden="true" />} onClick={() => setEnd('rollBack')}>
            {t('roll.back')}
          </Button>
        </dt>
        <dd>{t('roll.backHint', { target })}</dd>
      </dl>
      <EndRollout channel={channel} rollout={rollout} end={end} onClose={() => setEnd(null)} />
    </>
  );
}

type Change =
  | { readonly kind: 'share'; readonly basisPoints: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'enable' };

/** What is done at once, and can be taken back. */
function useRolloutChange(channel: Channel, rollout: Rollout) {
  const { t, i18n } = useTranslation('channels');
  const api = useApi();
  const sync = useChannelSync(channel.appId);
  const tellUndoable = useUndoable();
  const ref = { appId: channel.appId, channel: channel.id };
  const { version, percentageBps } = rollout;
  const apply = (change: Change): Promise<Channel> => {
    switch (change.kind) {
      case 'share':
        return api.channels.setRollout({ ...ref, percentageBps: change.basisPoints });
      case 'pause':
        return api.channels.pauseRollout(ref);
      case 'resume':
        return api.channels.resumeRollout(ref);
      case 'enable':
        return api.channels.setRollout({ ...ref, enabled: true });
    }
  };
  const takeBack = (change: Change): Promise<Channel> => {
    switch (change.kind) {
      case 'share':
        return api.channels.setRollout({ ...ref, percentageBps });
      case 'pause':
        return api.channels.resumeRollout(ref);
      case 'resume':
        return api.channels.pauseRollout({
          ...ref,
          ...(rollout.pauseReason === null ? {} : { reason: rollout.pauseReason }),
        });
      case 'enable':
        return api.channels.setRollout({ ...ref, enabled: false });
    }
  };
  const sentence = (change: Change): string => {
    switch (change.kind) {
      case 'share':
        return t('roll.setDone', { version, percent: formatShare(change.basisPoints, i18n.language) });
      case 'pause':
        return t('roll.pauseDone', { version });
      case 'resume':
      case 'enable':
        return t('roll.resumeDone', { version });
    }
  };
  return useMutation({
    mutationFn: apply,
    onSuccess(_channel, change) {
      tellUndoable({
        message: sentence(change),
        undo: async () => {
          await takeBack(change);
          await sync();
        },
      });
      return sync();
    },
  });
}
