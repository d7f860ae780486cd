import { setImmediate as nextTurn } from 'node:timers/promises';

import { throwIfAborted } from './app-error.ts';

/** Of one turn of the event loop, before whatever else waits has its own. */
const TURN_MS = 4;
/** The clock is looked at once in so many items. */
const ITEMS_BETWEEN_LOOKS = 64;

export type VisitOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly itemsBetweenLooks?: number | undefined;
};

/**
 * Deals with tens of thousands of items without holding anybody up. Rejects with `CANCELLED`, and as `visit` throws.
 * `itemsBetweenLooks`: fewer where each takes long.
 */
export async function visitInTurns<Item>(
  items: Iterable<Item>,
  visit: (item: Item) => void,
  { signal, itemsBetweenLooks = ITEMS_BETWEEN_LOOKS }: VisitOptions = {},
): Promise<void> {
  // What came before has had its turn.
  await nextTurn();
  throwIfAborted(signal);
  let startedAt = performance.now();
  let count = 0;
  for (const item of items) {
    visit(item);
    count += 1;
    if (count % itemsBetweenLooks !== 0 || performance.now() - startedAt < TURN_MS) continue;
    await nextTurn();
    throwIfAborted(signal);
    startedAt = performance.now();
  }
}
