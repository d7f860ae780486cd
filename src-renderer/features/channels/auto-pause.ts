import type { AutoPause } from '#contract/models/channel.ts';
import { wilsonLowerBound } from '#contract/wilson.ts';

/** A policy that stops something has a share; these are where a person starts from. */
export const firstPolicy = { failureRateBps: 1_000, minAttempts: 10, minFailures: 3 } as const;

/** How many devices the example of the sentence has, when the policy names no number. */
const EXAMPLE_ATTEMPTS = 20;

export type Example = {
  readonly attempts: number;
  /** How many of them must fail; null when even all are too few to be that sure. */
  readonly failures: number | null;
};

/** The policy in figures that one can picture: of so many devices that try, so many failures stop it. */
export function exampleOf({ failureRateBps, confidence, minAttempts, minFailures }: AutoPause): Example {
  const attempts = Math.max(minAttempts ?? EXAMPLE_ATTEMPTS, 1);
  const least = Math.max(minFailures ?? 0, 1);
  for (let failures = least; failures <= attempts; failures += 1) {
    const bound = Math.floor(wilsonLowerBound(failures, attempts, confidence) * 10_000);
    if (bound >= (failureRateBps ?? Number.POSITIVE_INFINITY)) return { attempts, failures };
  }
  return { attempts, failures: null };
}
