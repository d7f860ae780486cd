import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';

import type { Inspection } from '#contract/models/finding.ts';
import type { Bump, VersionWarning } from '#contract/models/release.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { versionQuery } from '#renderer/api/queries.ts';

/** Long enough for a word, short enough to feel at once. */
const TYPING_MS = 120;

export type VersionFacts = {
  /** What the field shows. */
  readonly version: string;
  /** Null while the core has not judged this one yet. */
  readonly verdict: {
    readonly isValid: boolean;
    readonly isFree: boolean;
    readonly warnings: readonly VersionWarning[];
  } | null;
  readonly latest: string | null;
  readonly error: Error | null;
};

type Input = {
  readonly appId: string;
  readonly isAppValid: boolean;
  readonly bump: Bump;
  /** Null to follow the suggestion. */
  readonly typed: string | null;
  readonly project: Inspection['project'];
};

/** The next version of an app, or what to know about the one that was typed. */
export function useVersion({ appId, isAppValid, bump, typed, project }: Input): VersionFacts {
  const api = useApi();
  const native = project?.nativeVersion ?? null;
  const base = { appId, bump, ...(native === null ? {} : { nativeVersion: native }) };
  const [settled] = useDebouncedValue(typed, TYPING_MS);
  const suggestion = useQuery({ ...versionQuery(api, base), enabled: isAppValid });
  const own = usable(project?.packageVersion ?? null);
  // A first release takes the project's own number when nothing speaks against it.
  const asked = settled ?? (suggestion.data?.latest === null && bump === 'patch' ? own : null);
  const judged = useQuery({
    ...versionQuery(api, { ...base, version: asked ?? '' }),
    enabled: isAppValid && asked !== null && asked !== '',
  });

  const isOwnFit = judged.data?.version === own && judged.data?.isFree && judged.data.warnings.length === 0;
  const ofSuggestion = typed === null && own !== null && asked === own && isOwnFit ? judged.data : suggestion.data;
  const facts = typed === null ? ofSuggestion : judged.data;
  const isCurrent = facts !== undefined && (typed === null || facts.version === typed);
  return {
    version: typed ?? facts?.version ?? '',
    verdict: typed === '' ? { isValid: false, isFree: true, warnings: [] } : isCurrent ? facts : null,
    latest: suggestion.data?.latest ?? null,
    error: suggestion.error ?? judged.error,
  };
}

/** `0.0.0` is what project generators write and nobody means. */
function usable(packageVersion: string | null): string | null {
  return packageVersion === null || packageVersion.startsWith('0.0.0') ? null : packageVersion;
}
