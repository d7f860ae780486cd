import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { reasonOf, throwIfAborted } from '../app-error.ts';
import type { Database } from './database.ts';
import { quickCheck } from './quick-check.ts';

/** What SQLite finds wrong with the database, in its own words; empty when it is sound. Holds everything else up. */
export function findDatabaseProblems(database: Database): string[] {
  return quickCheck((sql) => database.all(sql));
}

// Sources run as they are, in tests and in the launcher; the build puts the worker beside the chunk with this code.
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './database-check-worker.ts' : './database-check-worker.js',
  import.meta.url,
);

/** The same of a database that is in use, in a thread of its own. Rejects with `CANCELLED`. */
export async function checkDatabaseFile(path: string, signal: AbortSignal): Promise<string[]> {
  throwIfAborted(signal);
  const worker = new Worker(workerUrl, { workerData: path, execArgv: [], name: 'database-check' });
  try {
    const [problems] = (await once(worker, 'message', { signal })) as [string[]];
    return problems;
  } catch (error) {
    throwIfAborted(signal);
    return [reasonOf(error)];
  } finally {
    await worker.terminate();
  }
}
