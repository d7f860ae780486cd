import { wilsonLowerBound } from '#contract/wilson.ts';

export type AutoPausePolicy = {
  readonly isEnabled: boolean;
  /** Share of failures, in basis points, that the lower bound must reach; null never fires. */
  readonly failureRateBps: number | null;
  /** Two-sided confidence, 0..1 exclusive. */
  readonly confidence: number;
  readonly minAttempts: number | null;
  readonly minFailures: number | null;
  readonly cooldownMs: number;
};

export type AutoPauseQuestion = {
  readonly policy: AutoPausePolicy;
  /** Within the policy's window. */
  readonly installs: number;
  readonly failures: number;
  readonly nowMs: number;
  readonly lastTriggeredAtMs: number | null;
};

export type AutoPauseAnswer = {
  readonly fires: boolean;
  readonly reason:
    | 'disabled'
    | 'no_threshold'
    | 'cooldown'
    | 'too_few_attempts'
    | 'too_few_failures'
    | 'below'
    | 'reached';
  /** Lower bound of the failure rate in basis points, rounded down; null when it was not computed. */
  readonly lowerBoundBps: number | null;
};

/**
 * Whether a rollout has failed often enough to stop it, with the Wilson score's lower bound:
 * three failures of three are not yet proof of much, thirty of a hundred are.
 * Source: protocol/capgo-server-and-cli.md §7.
 */
export function decideAutoPause(question: AutoPauseQuestion): AutoPauseAnswer {
  const { policy, installs, failures } = question;
  const attempts = installs + failures;
  if (!policy.isEnabled) return quiet('disabled');
  if (policy.failureRateBps === null) return quiet('no_threshold');
  if (question.lastTriggeredAtMs !== null && question.nowMs - question.lastTriggeredAtMs < policy.cooldownMs) {
    return quiet('cooldown');
  }
  if (attempts < (policy.minAttempts ?? 0)) return quiet('too_few_attempts');
  if (failures === 0 || failures < (policy.minFailures ?? 0)) return quiet('too_few_failures');
  const lowerBoundBps = Math.floor(wilsonLowerBound(failures, attempts, policy.confidence) * 10_000);
  const fires = lowerBoundBps >= policy.failureRateBps;
  return { fires, reason: fires ? 'reached' : 'below', lowerBoundBps };
}

function quiet(reason: AutoPauseAnswer['reason']): AutoPauseAnswer {
  return { fires: false, reason, lowerBoundBps: null };
}
