import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

import { quickCheck } from './quick-check.ts';

/** Reads the whole of a database through a connection of its own, and tells what is wrong with it. */
using sqlite = new DatabaseSync(workerData as string, { readOnly: true });
parentPort?.postMessage(
  quickCheck((sql) => sqlite.prepare(sql).all()),
  [],
);
