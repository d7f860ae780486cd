import type { Activity, ActivityDetail } from '#contract/models/activity.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { ActivityFilter, ActivityPage, ActivityRepository } from '../storage/activity-repository.ts';
import type { Database } from '../storage/database.ts';
import { clearLog } from './clear-log.ts';
import type { Replay } from './replay.ts';
import { searchLog } from './search-log.ts';

export type ActivityService = {
  /** Newest last. `total` counts what the filter finds, whatever the page. */
  list(input: ActivityFilter & ActivityPage): Promise<{ readonly rows: Activity[]; readonly total: number }>;
  /** Throws `EVENT_NOT_FOUND`. */
  get(id: number): ActivityDetail;
  /** Rows with their payloads, newest last. */
  export(input: ActivityFilter & ActivityPage): ActivityDetail[];
  /** Sends the request of a row again. Rejects as `createReplay` says. */
  readonly replay: Replay;
  /** Rejects with `APP_NOT_FOUND`. */
  clear(appId: string): Promise<{ readonly removed: number }>;
};

export function createActivity({
  database,
  activity,
  events,
  replay,
  isApp,
}: {
  readonly database: Database;
  readonly activity: ActivityRepository;
  readonly events: EventHub;
  readonly replay: Replay;
  readonly isApp: (appId: string) => boolean;
}): ActivityService {
  return {
    list: (input) => searchLog(activity, input),
    get(id) {
      const found = activity.get(id);
      if (!found) throw new AppError('EVENT_NOT_FOUND', { id });
      return found;
    },
    export: (input) => activity.details(input, input),
    replay,
    async clear(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      const removed = (await clearLog(database, appId)) + activity.clear(appId);
      events.emit('app.changed', { appId });
      return { removed };
    },
  };
}
