import { z } from 'zod';

import { activityCodes } from '../texts/activity-texts.ts';
import { sentenceParamsSchema } from '../texts/coded-sentence.ts';
import { channelChangeSchema } from './channel.ts';
import { timestampSchema } from './common.ts';

/** `unpaired` is a request with an unknown token, `malformed` one that could not be read at all. */
export const activityKindSchema = z.enum(['update', 'stats', 'channel', 'download', 'unpaired', 'malformed']);
export type ActivityKind = z.infer<typeof activityKindSchema>;

export const activityOutcomeSchema = z.enum([
  /** An update was offered. */
  'offered',
  'up_to_date',
  /** A rule refused. */
  'blocked',
  /** Something is wrong: the request, the configuration, a failure that a device reported, a broken transfer. */
  'failed',
  /** Took its normal course. */
  'ok',
  /** Still going on (downloads). */
  'running',
]);
export type ActivityOutcome = z.infer<typeof activityOutcomeSchema>;

/** A remedy that one click can do. */
export const remedyActionSchema = z.discriminatedUnion('kind', [
  /** `channels.update` with this change. */
  z.object({
    kind: z.literal('setChannel'),
    channelId: z.number().int(),
    channel: z.string(),
    change: channelChangeSchema,
  }),
  /** Publish a release to it, or point it at one. */
  z.object({ kind: z.literal('publish'), channelId: z.number().int(), channel: z.string() }),
  /** `channels.create` with that name. */
  z.object({ kind: z.literal('createChannel'), channel: z.string() }),
  /** `devices.clearOverride`. */
  z.object({ kind: z.literal('clearOverride'), deviceId: z.string() }),
  /** `devices.offerAgain` with this version. */
  z.object({ kind: z.literal('offerAgain'), deviceId: z.string(), version: z.string() }),
]);
export type RemedyAction = z.infer<typeof remedyActionSchema>;

/** One rule the update decision looked at, in order. */
export const traceStepSchema = z.object({
  /** Stable name of the rule, e.g. `request.app_id`, `channel.select`, `version.up_to_date`. */
  rule: z.string(),
  outcome: z.enum(['pass', 'stop', 'skip']),
  /** English sentence with the values that decided. */
  detail: z.string(),
  /** The same values for programs and for other languages. */
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** What a person can change, when this rule stopped the update. */
  remedy: z.string().optional(),
  /** The same for a button, where one call can do it. */
  action: remedyActionSchema.optional(),
});
export type TraceStep = z.infer<typeof traceStepSchema>;

/** One row of the log, without the payloads. */
export const activitySchema = z.object({
  /** Grows with time; the cursor of the log. */
  id: z.number().int(),
  /** When it arrived. */
  at: timestampSchema,
  /** When it happened, by our clock: reports may lie on a device for days (protocol/clients.md §7.2). */
  happenedAt: timestampSchema,
  kind: activityKindSchema,
  outcome: activityOutcomeSchema,
  appId: z.string().nullable(),
  deviceId: z.string().nullable(),
  isVirtual: z.boolean(),
  /** Stat action, protocol error code, or request verb: what tells rows of a kind apart. */
  action: z.string().nullable(),
  version: z.string().nullable(),
  /** English sentence for the row. */
  summary: z.string(),
  /**
   * The same for other languages. Absent in rows that a program before this one wrote, and where a report of a device
   * is told whole by its `action` and `version`.
   */
  sentence: z.object({ code: z.enum(activityCodes), params: sentenceParamsSchema }).optional(),
  status: z.number().int().nullable(),
  durationMs: z.number().nullable(),
  /** Downloads: bytes sent so far, and the bytes asked for. */
  bytesSent: z.number().int().nullable(),
  bytesTotal: z.number().int().nullable(),
  remoteAddress: z.string().nullable(),
  /** Id of the row whose request a person sent again; such rows change no device and count nowhere. */
  replayOf: z.number().int().nullable(),
});
export type Activity = z.infer<typeof activitySchema>;

export const activityDetailSchema = activitySchema.extend({
  /** What the device sent: method, path (token shortened), chosen headers, body. Null only if it could not be read. */
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
  response: z.object({ status: z.number().int().nullable(), body: z.unknown() }),
  trace: z.array(traceStepSchema).optional(),
});
export type ActivityDetail = z.infer<typeof activityDetailSchema>;
