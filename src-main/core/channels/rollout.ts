/** Basis points: 10,000 is everybody. */
const ALL_BPS = 10_000;

/** What was decided for one device and one rollout before. */
export type RolloutDecision = {
  readonly isSelected: boolean;
  /** The share when it was decided. */
  readonly percentageBps: number;
};

export type RolloutQuestion = {
  readonly isEnabled: boolean;
  readonly isPaused: boolean;
  /** 0..10,000. */
  readonly percentageBps: number;
  /** Whether the device already runs the release that is rolled out. */
  readonly isOnRollout: boolean;
  /** Decision of this rollout for this device; null when there is none or it has expired. */
  readonly earlier: RolloutDecision | null;
  /** Uniform integer 0..9,999. Called at most once, and only when a new draw is needed. */
  readonly draw: () => number;
};

export type RolloutAnswer = {
  readonly isSelected: boolean;
  readonly reason:
    | 'disabled'
    | 'percentage_zero'
    | 'already_on_rollout'
    | 'paused'
    | 'kept'
    | 'drawn'
    /** The share grew or shrank since the earlier decision, so the device was drawn again, at the odds that keep the total right. */
    | 'drawn_again';
  /** What to remember; null when nothing changed. */
  readonly remember: RolloutDecision | null;
};

/**
 * Whether a device gets the release that a channel rolls out. Sticky: a device keeps its answer while the share
 * stands, selected devices stay selected while it grows, rejected ones stay rejected while it shrinks.
 * Source: protocol/capgo-server-and-cli.md §5.6. One difference on purpose: the cloud remembers the share of the first
 * draw when an answer is kept, so that 20 % → 50 % → 30 % ends with 38 % of the devices. We remember the new share,
 * and end with 30 %.
 */
export function decideRollout(question: RolloutQuestion): RolloutAnswer {
  const { percentageBps, earlier } = question;
  if (!question.isEnabled) return stable('disabled');
  // Also for devices that already run it: at 0 % the cloud's fast path sends everybody to the stable release.
  if (percentageBps <= 0) return stable('percentage_zero');
  if (question.isOnRollout && earlier?.isSelected !== false) {
    return { isSelected: true, reason: 'already_on_rollout', remember: { isSelected: true, percentageBps } };
  }
  if (question.isPaused) return stable('paused');
  if (!earlier) return drawn('drawn', question.draw() < percentageBps, percentageBps);
  const isKept = earlier.isSelected ? percentageBps >= earlier.percentageBps : percentageBps <= earlier.percentageBps;
  if (isKept) return kept(earlier, percentageBps);
  return drawn('drawn_again', question.draw() < oddsAfterChange(earlier, percentageBps), percentageBps);
}

/** Odds in basis points that move the selected share from the earlier percentage to the new one. */
function oddsAfterChange(earlier: RolloutDecision, percentageBps: number): number {
  const before = earlier.percentageBps;
  return earlier.isSelected
    ? Math.ceil((percentageBps * ALL_BPS) / before)
    : Math.ceil(((percentageBps - before) * ALL_BPS) / (ALL_BPS - before));
}

function kept(earlier: RolloutDecision, percentageBps: number): RolloutAnswer {
  const { isSelected } = earlier;
  const isSameShare = percentageBps === earlier.percentageBps;
  return { isSelected, reason: 'kept', remember: isSameShare ? null : { isSelected, percentageBps } };
}

function stable(reason: 'disabled' | 'percentage_zero' | 'paused'): RolloutAnswer {
  return { isSelected: false, reason, remember: null };
}

function drawn(reason: 'drawn' | 'drawn_again', isSelected: boolean, percentageBps: number): RolloutAnswer {
  return { isSelected, reason, remember: { isSelected, percentageBps } };
}
