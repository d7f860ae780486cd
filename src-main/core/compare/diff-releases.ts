import type { ReleaseDiff } from '#contract/models/delta.ts';

import { keptName, missingFiles } from '../releases/missing-files.ts';
import type { ReleaseFile } from '../storage/release-file-repository.ts';
import { visitInTurns } from '../visit-in-turns.ts';

export type DiffedRelease = {
  readonly releaseId: string;
  readonly version: string;
  readonly zipBytes: number;
  readonly hasDelta: boolean;
  /** In the order of their paths. */
  readonly files: readonly ReleaseFile[];
};

/** How the second release differs from the first, and what that costs a device. Nothing is asked or changed. */
export async function diffReleases(from: DiffedRelease, to: DiffedRelease): Promise<ReleaseDiff> {
  const before = new Map<string, ReleaseFile>();
  const there = new Set<string>();
  await visitInTurns(from.files, (file) => {
    before.set(file.path, file);
    there.add(keptName(file));
  });
  const added: ReleaseDiff['added'] = [];
  const changed: ReleaseDiff['changed'] = [];
  let unchanged = 0;
  await visitInTurns(to.files, (file) => {
    const old = before.get(file.path);
    before.delete(file.path);
    if (old?.sha256 === file.sha256) {
      unchanged += 1;
      return;
    }
    const deltaBytes = file.body && (there.has(keptName(file)) ? 0 : file.body.sizeBytes);
    const shown = { ...shownOf(file), deltaBytes };
    if (old) changed.push({ ...shown, before: { sizeBytes: old.sizeBytes, bodyBytes: bodyBytesOf(old) } });
    else added.push(shown);
  });
  const missing = to.hasDelta ? await missingFiles(from.files, to.files) : null;
  return {
    from: { releaseId: from.releaseId, version: from.version },
    to: { releaseId: to.releaseId, version: to.version },
    added,
    changed,
    removed: [...before.values()].map(shownOf),
    unchanged,
    deltaFiles: missing && missing.files,
    deltaBytes: missing && missing.bytes,
    zipBytes: to.zipBytes,
  };
}

function shownOf(file: ReleaseFile): { path: string; sizeBytes: number; bodyBytes: number | null } {
  return { path: file.path, sizeBytes: file.sizeBytes, bodyBytes: bodyBytesOf(file) };
}

function bodyBytesOf({ body }: ReleaseFile): number | null {
  return body && body.sizeBytes;
}
