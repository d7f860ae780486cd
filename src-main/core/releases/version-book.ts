import { AppError } from '../app-error.ts';
import type { AppRepository } from '../storage/app-repository.ts';
import type { ReleaseRepository } from '../storage/release-repository.ts';
import { highestNativeVersion, highestVersion, suggestVersion, type VersionFacts } from './versions.ts';

/** Knows which versions of an app are taken, those of publishes under way included. */
export type VersionBook = {
  /** @param nativeVersion counts besides those that the app's devices report */
  facts(appId: string, nativeVersion?: string | null): VersionFacts;
  /** Throws `VERSION_EXISTS`. */
  assertFree(appId: string, version: string): void;
  /** Takes a version until disposed, so that of two publishes at once one is told before it works. Throws `VERSION_EXISTS`. */
  reserve(appId: string, version: string): Disposable;
};

export function createVersionBook({
  apps,
  releases,
}: {
  readonly apps: AppRepository;
  readonly releases: ReleaseRepository;
}): VersionBook {
  const reserved = new Map<string, Set<string>>();

  function facts(appId: string, nativeVersion: string | null = null): VersionFacts {
    const rows = releases.usedVersions(appId);
    const live = rows.filter((row) => !row.isDeleted);
    // A deleted release may still run on phones, but one that was a mistake should not lead the numbers for ever.
    const counted = (live.length > 0 ? live : rows).map((row) => row.version);
    const natives =
      nativeVersion === null ? apps.nativeVersions(appId) : [...apps.nativeVersions(appId), nativeVersion];
    return {
      used: new Set([...rows.map((row) => row.version), ...(reserved.get(appId) ?? [])]),
      latest: highestVersion(counted),
      nativeVersion: highestNativeVersion(natives),
    };
  }

  function assertFree(appId: string, version: string): void {
    const known = facts(appId);
    if (!known.used.has(version)) return;
    throw new AppError('VERSION_EXISTS', { version, appId, suggested: suggestVersion(known) });
  }

  return {
    facts,
    assertFree,
    reserve(appId, version) {
      assertFree(appId, version);
      const versions = reserved.get(appId) ?? new Set();
      reserved.set(appId, versions.add(version));
      return {
        [Symbol.dispose]() {
          versions.delete(version);
          if (versions.size === 0) reserved.delete(appId);
        },
      };
    },
  };
}
