/** Why a rollout that failed was stopped. */
export type AutoPauseReason = {
  readonly failures: number;
  readonly attempts: number;
  readonly windowMinutes: number;
  /** What fails at least, with the confidence of the policy. */
  readonly lowerBoundBps: number;
};

/** As the history keeps it, in English. */
export function writeAutoPauseReason({ failures, attempts, windowMinutes, lowerBoundBps }: AutoPauseReason): string {
  const share = (lowerBoundBps / 100).toFixed(1);
  return `${failures} of ${attempts} devices failed within ${windowMinutes} min; the true share is at least ${share} %`;
}

const pattern = /^(\d+) of (\d+) devices failed within (\d+) min; the true share is at least (\d+\.\d) %$/;

/** The figures again, for other languages; null for what a person wrote. */
export function readAutoPauseReason(text: string): AutoPauseReason | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const [failures = 0, attempts = 0, windowMinutes = 0, share = 0] = match.slice(1).map(Number);
  return { failures, attempts, windowMinutes, lowerBoundBps: Math.round(share * 100) };
}
