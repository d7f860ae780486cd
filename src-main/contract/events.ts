import { z } from 'zod';

import { activitySchema } from './models/activity.ts';
import { jobSchema } from './models/job.ts';

/**
 * What the core announces. Events are hints that state changed, queries are the truth:
 * after a reconnect a client refetches instead of asking for missed events.
 */
export const events = {
  /** A job started, moved on (at most ten times a second) or ended. */
  'job.changed': jobSchema,
  'app.changed': z.object({ appId: z.string() }),
  'release.changed': z.object({ appId: z.string(), releaseId: z.string() }),
  'channel.changed': z.object({ appId: z.string(), channelId: z.number().int() }),
  /** A device was seen, reported or moved on with a download (coalesced to ten a second per device). */
  'device.changed': z.object({ appId: z.string(), deviceId: z.string() }),
  /** New or updated rows of the log, in order, sent together at most ten times a second. */
  'activity.recorded': z.object({ rows: z.array(activitySchema) }),
  /** A watched folder came, went, or is doing something else. */
  'watch.changed': z.object({ appId: z.string(), watchId: z.string() }),
  /** Keys of the vault came, went or got another name. */
  'key.changed': z.object({}),
  'server.changed': z.object({}),
  'settings.changed': z.object({}),
  /** The desktop window was given builds from outside: the dock, a file manager, a second start, its menu. */
  'paths.opened': z.object({ paths: z.array(z.string()) }),
} as const;

export type EventMap = { readonly [Name in keyof typeof events]: z.infer<(typeof events)[Name]> };
export type EventName = keyof EventMap;
export const eventNames = Object.keys(events) as readonly EventName[];

/** One event as it crosses a transport. */
export type EventMessage = {
  [Name in EventName]: { readonly name: Name; readonly payload: EventMap[Name] };
}[EventName];
