import type { Settings } from '#contract/models/server.ts';

import type { EventHub } from '../event-hub.ts';
import { FIGURES_KEPT_MS } from '../figures/figures.ts';
import type { Clock, Logger } from '../ports.ts';
import type { ActivityRepository } from '../storage/activity-repository.ts';
import type { Database } from '../storage/database.ts';
import type { FigureRepository } from '../storage/figure-repository.ts';

/** Keeps the log within its limits by count and by age, and figures within their longest range. */
export type Retention = Disposable & {
  /** One more row. Looked after once in so many, so that the log may be that much over its limit. */
  noteAdded(): void;
  /** Removes what is too much now. Resolves when nothing is left to do; at once when it is under way already. */
  run(): Promise<void>;
};

const RUN_EVERY_ROWS = 500;
/** Age comes without new rows. */
const RUN_EVERY_MS = 60 * 60_000;
/** Rows of one write: about 5 ms. Phones' own writes go in between. */
const STEP_ROWS = 100;
const DAY_MS = 24 * 60 * 60_000;

export function createRetention({
  database,
  activity,
  figures,
  limits,
  events,
  clock,
  logger,
}: {
  readonly database: Database;
  readonly activity: ActivityRepository;
  readonly figures: FigureRepository;
  readonly limits: () => Settings['log'];
  readonly events: EventHub;
  readonly clock: Clock;
  readonly logger: Logger;
}): Retention {
  let added = 0;
  let isRunning = false;
  let isClosed = false;

  async function inSteps(step: () => number): Promise<void> {
    for (;;) {
      if (isClosed) return;
      // Another round also after an incomplete step: limits may have changed meanwhile.
      const removed = await database.enqueueWrite(step);
      if (removed === 0) return;
    }
  }

  async function run(): Promise<void> {
    if (isRunning || isClosed) return;
    isRunning = true;
    try {
      await inSteps(() => {
        const { maxRows, maxDays } = limits();
        const beforeMs = clock.now() - maxDays * DAY_MS;
        return activity.prune({ keep: maxRows, beforeMs, atMost: STEP_ROWS });
      });
      await inSteps(() => figures.prune(clock.now() - FIGURES_KEPT_MS, STEP_ROWS));
    } catch (error) {
      logger.warn({ err: error }, 'old rows of the log could not be removed');
    } finally {
      isRunning = false;
    }
  }

  const soon = (): void => void setImmediate(() => void run());
  const timer = setInterval(soon, RUN_EVERY_MS).unref();
  const stopListening = events.subscribe(({ name }) => {
    if (name === 'settings.changed') soon();
  });
  soon();

  return {
    noteAdded() {
      added += 1;
      if (added % RUN_EVERY_ROWS === 0) soon();
    },
    run,
    [Symbol.dispose]() {
      isClosed = true;
      clearInterval(timer);
      stopListening();
    },
  };
}
