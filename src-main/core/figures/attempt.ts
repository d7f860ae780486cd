import type { ReleaseOutcome } from '../devices/release-outcome.ts';

/** How far one release got on one device. */
export type Attempt = {
  /** 1 offered, 2 downloaded, 3 made current, 4 ready. */
  readonly step: 1 | 2 | 3 | 4;
  /** How it ended, while nothing got on since. */
  readonly trouble: 'failed' | 'rolled_back' | null;
};

/** An attempt after one more thing happened. A retry that gets on ends a failure, only success ends a roll back. */
export function nextAttempt(before: Attempt | null, outcome: ReleaseOutcome): Attempt {
  const { step, trouble } = before ?? { step: 1, trouble: null };
  switch (outcome) {
    case 'offered':
      return { step, trouble };
    case 'downloaded':
      return { step: further(step, 2), trouble: trouble === 'failed' ? null : trouble };
    case 'set':
      return { step: further(step, 3), trouble: trouble === 'failed' ? null : trouble };
    case 'updated':
      return { step: 4, trouble: null };
    case 'failed':
      return { step, trouble: step === 4 ? null : (trouble ?? 'failed') };
    case 'rolled_back':
      return { step: 3, trouble: 'rolled_back' };
  }
}

function further(step: Attempt['step'], reached: Attempt['step']): Attempt['step'] {
  return step > reached ? step : reached;
}
