import type { Retention } from '#contract/models/storage.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export type KeptRelease = { readonly releaseId: string; readonly createdAtMs: number };

/**
 * Which releases an app's retention gives up, of those nothing uses. With both a count and an age, a release goes only
 * when neither keeps it: whoever sets both wants the safer of the two. Releases in use are counted among the newest.
 */
export function expired<Release extends KeptRelease>(
  newestFirst: readonly Release[],
  { keepCount, keepDays }: Retention,
  nowMs: number,
  inUse: ReadonlySet<string>,
): { readonly goes: Release[]; readonly staysInUse: Release[] } {
  if (keepCount === null && keepDays === null) return { goes: [], staysInUse: [] };
  const old = newestFirst.filter((release, index) => {
    const isAmongNewest = keepCount !== null && index < keepCount;
    const isYoung = keepDays !== null && nowMs - release.createdAtMs < keepDays * DAY_MS;
    return !isAmongNewest && !isYoung;
  });
  return {
    goes: old.filter(({ releaseId }) => !inUse.has(releaseId)),
    staysInUse: old.filter(({ releaseId }) => inUse.has(releaseId)),
  };
}
