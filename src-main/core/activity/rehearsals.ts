import type { ActivityRecord } from '../storage/activity-repository.ts';
import type { ActivityLog } from './activity-log.ts';

/**
 * Requests that a person sends again have to be answered as the device's own would be, and leave nothing but their row
 * of the log: no device moves on, nothing is counted. So what they write is written, looked at, and taken back.
 */
export type Rehearsals = {
  /** The log, which notes what is added during a write. */
  readonly log: ActivityLog;
  /** Runs a queued write; throws `Rehearsed`, which takes everything back, when its rows are of a request sent again. */
  run<T>(write: () => T): T;
};

/** Rolls a write back and carries the rows that it would have added. */
export class Rehearsed extends Error {
  readonly records: readonly ActivityRecord[];

  constructor(records: readonly ActivityRecord[]) {
    super('a request that was sent again');
    this.name = 'Rehearsed';
    this.records = records;
  }
}

export function createRehearsals(log: ActivityLog): Rehearsals {
  let heard: ActivityRecord[] = [];
  return {
    log: {
      ...log,
      add(record) {
        if (isReplay(record)) heard.push(record);
        return log.add(record);
      },
    },
    run(write) {
      heard = [];
      const value = write();
      // The original is in the log already, with the key of the event.
      if (heard.length > 0) throw new Rehearsed(heard.map(withoutKey));
      return value;
    },
  };
}

function isReplay({ replayOf }: ActivityRecord): boolean {
  return replayOf !== undefined && replayOf !== null;
}

function withoutKey(record: ActivityRecord): ActivityRecord {
  return { ...record, eventKey: null };
}
