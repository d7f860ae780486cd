import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

import type { CheckpointThread } from './checkpoints.ts';

/** Makes a checkpoint for each message. Its connection is open only while it does. */
const { path, isBusy } = workerData as CheckpointThread;
const url = pathToFileURL(path);
url.searchParams.set('mode', 'rw');

parentPort?.on('message', () => {
  try {
    const sqlite = new DatabaseSync(url);
    try {
      // PASSIVE waits for nobody and holds nobody up.
      sqlite.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } finally {
      sqlite.close();
    }
  } catch {
    // What was not moved now is moved with the next order, or by the connection that writes.
  } finally {
    Atomics.store(isBusy, 0, 0);
    Atomics.notify(isBusy, 0);
  }
});
