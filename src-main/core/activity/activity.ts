import type { Activity, ActivityDetail } from '#contract/models/activity.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { ActivityFilter, ActivityPage, ActivityRepository } from '../storage/activity-repository.ts';
import type { Replay } from './replay.ts';

export type ActivityService = {
  /** Newest last. `total` counts what the filter finds, whatever the page. */
  list(input: ActivityFilter & ActivityPage): { readonly rows: Activity[]; readonly total: number };
  /** Throws `EVENT_NOT_FOUND`. */
  get(id: number): ActivityDetail;
  /** Rows with their payloads, newest last. */
  export(input: ActivityFilter & ActivityPage): ActivityDetail[];
  /** Sends the request of a row again. Rejects as `createReplay` says. */
  readonly replay: Replay;
  /** Throws `APP_NOT_FOUND`. */
  clear(appId: string): { readonly removed: number };
};

export function createActivity({
  activity,
  events,
  replay,
  isApp,
}: {
  readonly activity: ActivityRepository;
  readonly events: EventHub;
  readonly replay: Replay;
  readonly isApp: (appId: string) => boolean;
}): ActivityService {
  return {
    list: (input) => ({ rows: activity.list(input, input), total: activity.count(input) }),
    get(id) {
      const found = activity.get(id);
      if (!found) throw new AppError('EVENT_NOT_FOUND', { id });
      return found;
    },
    export: (input) => activity.details(input, input),
    replay,
    clear(appId) {
      if (!isApp(appId)) throw new AppError('APP_NOT_FOUND', { appId });
      const removed = activity.clear(appId);
      events.emit('app.changed', { appId });
      return { removed };
    },
  };
}
