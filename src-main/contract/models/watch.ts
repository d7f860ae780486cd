import { z } from 'zod';

import { wireErrorSchema } from '../errors.ts';
import { timestampSchema } from './common.ts';
import { findingSchema } from './finding.ts';

/** How the last build that settled ended. */
const watchResultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('published'), at: timestampSchema, releaseId: z.string(), version: z.string() }),
  /** The content is that of the release that was published last: nothing to do. */
  z.object({ kind: z.literal('unchanged'), at: timestampSchema }),
  /** The watch goes on; the next change is tried again. */
  z.object({
    kind: z.literal('failed'),
    at: timestampSchema,
    error: wireErrorSchema,
    /** What the check found, where that is the reason; the worst first, at most ten. */
    findings: z.array(findingSchema),
  }),
]);
export type WatchResult = z.infer<typeof watchResultSchema>;

export const watchSchema = z.object({
  watchId: z.string(),
  appId: z.string(),
  /** As it was given: a build folder, or a Capacitor project, whose web folder is then watched. */
  path: z.string(),
  /** The folder that is published. */
  folder: z.string(),
  /** Name; null for the app's default channel. */
  channel: z.string().nullable(),
  /** Name of the key that releases are encrypted with; null for plain ones. */
  key: z.string().nullable(),
  delta: z.boolean(),
  allowWarnings: z.boolean(),
  isOn: z.boolean(),
  /**
   * `off`; `waiting` for the next change; `missing`: the folder is not there now; `settling`: it is being written, or is
   * not complete yet; `publishing`.
   */
  state: z.enum(['off', 'waiting', 'missing', 'settling', 'publishing']),
  /** `polling`: the system tells of no changes, so the folder is looked at every few seconds; `pollingReason` says why. */
  mode: z.enum(['events', 'polling']),
  /** The system's code (`ENOSPC`: too many watches); null with events. */
  pollingReason: z.string().nullable(),
  lastResult: watchResultSchema.nullable(),
  /** The last release it made; stays when later builds fail. */
  lastPublish: z.object({ at: timestampSchema, releaseId: z.string(), version: z.string() }).nullable(),
  createdAt: timestampSchema,
});
export type Watch = z.infer<typeof watchSchema>;
