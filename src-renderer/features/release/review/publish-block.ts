import type { Finding } from '#contract/models/finding.ts';

export type FindingCounts = { readonly errors: number; readonly warnings: number; readonly infos: number };

export function countFindings(findings: readonly Finding[]): FindingCounts {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

export type PublishBlock = 'checking' | 'errors' | 'app' | 'version';

/** Why the button does nothing yet; null when it publishes. */
export function publishBlock(facts: {
  /** Null until the check has ended. */
  readonly counts: FindingCounts | null;
  readonly isAppValid: boolean;
  readonly isVersionUsable: boolean;
}): PublishBlock | null {
  if (facts.counts === null) return 'checking';
  if (facts.counts.errors > 0) return 'errors';
  if (!facts.isAppValid) return 'app';
  return facts.isVersionUsable ? null : 'version';
}
