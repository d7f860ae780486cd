import { throwIfAborted } from '../app-error.ts';
import { BULK_WEIGHT, type Database } from './database.ts';

/** Of one turn of the event loop, before whatever else waits has its own. */
const TURN_MS = 4;

/**
 * Writes item after item for a few milliseconds at a time, each time in one commit with what devices have to write then.
 * So the whole is not one transaction: whoever reads meanwhile must be able to tell what is not complete.
 * Rejects with `CANCELLED`, and as `write` throws; what was written before stays.
 */
export async function writeInTurns<Item>(
  database: Pick<Database, 'enqueueWrite'>,
  items: Iterable<Item>,
  write: (item: Item) => void,
  signal: AbortSignal,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  /** Whether that was all. */
  const writeSome = (): boolean => {
    const startedAt = performance.now();
    do {
      const next = iterator.next();
      if (next.done) return true;
      write(next.value);
    } while (performance.now() - startedAt < TURN_MS);
    return false;
  };
  for (let isDone = false; !isDone;) {
    throwIfAborted(signal);
    isDone = await database.enqueueWrite(writeSome, BULK_WEIGHT);
  }
}
