import type { Database } from '../storage/database.ts';
import { writeInTurns } from '../storage/in-turns.ts';
import type { AddedRun, FileRun, ReleaseFile, ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { runsOf } from './file-runs.ts';
import { createKeyGroups } from './key-groups.ts';

/**
 * Writes down the files of a release that nobody is offered yet. Runs that other releases have are shared; new ones are
 * shared with others only once all of this is done, so that one which is cut off is nobody's. Rejects with `CANCELLED`.
 */
export async function storeFiles(
  {
    releaseId,
    bundleSha256,
    files,
  }: { readonly releaseId: string; readonly bundleSha256: string; readonly files: readonly ReleaseFile[] },
  { database, releaseFiles }: { readonly database: Database; readonly releaseFiles: ReleaseFileRepository },
  signal: AbortSignal,
): Promise<void> {
  const added: AddedRun[] = [];
  const keys = createKeyGroups();
  const addRun = (run: FileRun): void => {
    const isNew = releaseFiles.addRun(releaseId, run);
    if (!isNew) return;
    added.push(isNew);
    keys.add(isNew.keys);
  };
  await writeInTurns(database, runsOf(files, bundleSha256), addRun, signal);
  await writeInTurns(database, keys.inOrder(), (group) => releaseFiles.addKeys(group), signal);
  const holders = new Set(files.flatMap(({ body }) => body?.holderSha256 ?? []));
  await database.enqueueWrite(() => {
    releaseFiles.completeRuns(added);
    releaseFiles.insertHolders(releaseId, holders);
  });
}
