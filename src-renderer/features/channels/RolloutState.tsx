import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord, type Tone } from '#renderer/components/StateWord.tsx';
import { targetName } from '#renderer/components/target/channel-target.ts';
import { formatShare } from '#renderer/i18n/format.ts';

import { ReasonWords } from './ReasonWords.tsx';
import type { Rollout } from './rollout.ts';

import styles from './RolloutSection.module.css';

type State = 'running' | 'zero' | 'paused' | 'off';

const tones: Readonly<Record<State, Tone>> = { running: 'info', zero: 'neutral', paused: 'warning', off: 'neutral' };

/** One sentence on what the rollout does now; a paused one says since when, and why. */
export function RolloutState({ channel, rollout }: { readonly channel: Channel; readonly rollout: Rollout }) {
  const { t, i18n } = useTranslation('channels');
  const { version, pausedAt, pauseReason } = rollout;
  const state = stateOf(rollout);
  return (
    <div className={styles.state}>
      <StateWord tone={tones[state]}>
        {/* Without the time, which moves on by itself. */}
        <span role="status">
          {t(`roll.${state}`, {
            version,
            percent: formatShare(rollout.percentageBps, i18n.language),
            target: targetName(channel.target, t),
          })}
        </span>
        {pausedAt !== null && (
          <>
            {' · '}
            {t('roll.since')} <RelativeTime at={pausedAt} />
          </>
        )}
      </StateWord>
      {pausedAt !== null && pauseReason !== null && (
        <p>
          {t('roll.reason')} <ReasonWords reason={pauseReason} />
        </p>
      )}
    </div>
  );
}

function stateOf({ enabled, pausedAt, percentageBps }: Rollout): State {
  if (!enabled) return 'off';
  if (pausedAt !== null) return 'paused';
  return percentageBps === 0 ? 'zero' : 'running';
}
