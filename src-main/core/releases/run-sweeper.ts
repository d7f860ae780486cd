import type { Logger } from '../ports.ts';
import type { Database } from '../storage/database.ts';
import { writeInTurns } from '../storage/in-turns.ts';
import type { ReleaseFileRepository } from '../storage/release-file-repository.ts';
import { createKeyGroups } from './key-groups.ts';

/** Removes lists of files that no release has any more, beside whatever else goes on. Nobody misses them meanwhile. */
export type RunSweeper = AsyncDisposable & {
  /** Call after releases went. */
  soon(): void;
  /** Waits until nothing is to be done. */
  idle(): Promise<void>;
};

export function createRunSweeper({
  database,
  releaseFiles,
  logger,
}: {
  readonly database: Database;
  readonly releaseFiles: ReleaseFileRepository;
  readonly logger: Logger;
}): RunSweeper {
  const stop = new AbortController();
  const { signal } = stop;
  let last: Promise<void> = Promise.resolve();
  let isDue = false;

  async function sweep(): Promise<void> {
    isDue = false;
    if (signal.aborted) return;
    // From now on no release can share them; should this be cut off, the next one takes it up from here.
    const runIds = await database.enqueueWrite(() => releaseFiles.retireRuns());
    const keys = createKeyGroups();
    await writeInTurns(database, runIds, (runId) => keys.add(releaseFiles.keysOf(runId)), signal);
    await writeInTurns(database, keys.inOrder(), (group) => releaseFiles.removeKeys(group), signal);
    await writeInTurns(database, runIds, (runId) => releaseFiles.removeRun(runId), signal);
  }

  return {
    soon() {
      if (isDue || signal.aborted) return;
      isDue = true;
      last = last.then(sweep).catch((error: unknown) => {
        if (!signal.aborted) logger.error({ err: error }, 'lists of files that nothing needs could not be removed');
      });
    },
    idle: () => last,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await last;
    },
  };
}
