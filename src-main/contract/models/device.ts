import { z } from 'zod';

import { traceStepSchema } from './activity.ts';
import { platformSchema, timestampSchema } from './common.ts';

/** What a device is doing with its update, told by its checks, its downloads and its stats together. */
export const deviceStateSchema = z.discriminatedUnion('kind', [
  /** Seen, and nothing to do. */
  z.object({ kind: z.literal('up_to_date'), version: z.string() }),
  z.object({ kind: z.literal('offered'), version: z.string() }),
  /** `percent` from the bytes served or the device's own reports, whichever is further; null before the first. */
  z.object({
    kind: z.literal('downloading'),
    version: z.string(),
    percent: z.number().min(0).max(100).nullable(),
    bytesSent: z.number().int().nullable(),
    totalBytes: z.number().int().nullable(),
  }),
  /** The bytes stopped on the way; the device goes on from there, or reports a failure. */
  z.object({
    kind: z.literal('interrupted'),
    version: z.string(),
    percent: z.number().min(0).max(100),
    bytesSent: z.number().int(),
    totalBytes: z.number().int(),
  }),
  z.object({ kind: z.literal('downloaded'), version: z.string() }),
  /** Downloaded and queued: applies when the app goes to the background. */
  z.object({ kind: z.literal('waiting_for_background'), version: z.string() }),
  /** Applied; the app has to call notifyAppReady before the deadline. */
  z.object({ kind: z.literal('waiting_for_ready'), version: z.string(), deadlineAt: timestampSchema.nullable() }),
  z.object({ kind: z.literal('ready'), version: z.string() }),
  z.object({
    kind: z.literal('failed'),
    version: z.string().nullable(),
    action: z.string(),
    /** Where its transfer broke off just before, 0..100. */
    brokeOffPercent: z.number().optional(),
  }),
  z.object({ kind: z.literal('rolled_back'), version: z.string() }),
  /** Answered with a refusal; `code` is the protocol's error code. */
  z.object({ kind: z.literal('refused'), code: z.string() }),
  z.object({ kind: z.literal('seen') }),
]);
export type DeviceState = z.infer<typeof deviceStateSchema>;

/** What a person decided for one device: it goes before everything the device asks for. */
export const deviceOverrideSchema = z.discriminatedUnion('kind', [
  /** The channel with its rules, whatever the device asks for. */
  z.object({ kind: z.literal('channel'), channelId: z.number().int(), channel: z.string() }),
  /** This very release; no channel's rules apply. */
  z.object({ kind: z.literal('release'), releaseId: z.string(), version: z.string() }),
  /** Back to the bundle of the store. */
  z.object({ kind: z.literal('builtin') }),
  /** Nothing is offered to it. */
  z.object({ kind: z.literal('blocked') }),
]);
export type DeviceOverride = z.infer<typeof deviceOverrideSchema>;

/** A version that is not offered to the device again, until there is a new native version. */
export const failedVersionSchema = z.object({
  version: z.string(),
  /** `update_fail`, `set_fail` (Electron), or a failure of a manifest that iOS never tries again (clients.md §6.5). */
  action: z.string(),
  at: timestampSchema,
  /** Native version on which it failed. */
  nativeVersion: z.string().nullable(),
});

export const deviceSchema = z.object({
  appId: z.string(),
  /** Lowercased as the server keeps it. */
  deviceId: z.string(),
  /** Name that a person gave it; null until then. */
  alias: z.string().nullable(),
  customId: z.string().nullable(),
  platform: platformSchema,
  /** Made by Slipway's simulator. */
  isVirtual: z.boolean(),
  isEmulator: z.boolean(),
  isProd: z.boolean(),
  /** Version of the native app (`version_build`). */
  nativeVersion: z.string().nullable(),
  nativeCode: z.string().nullable(),
  osVersion: z.string().nullable(),
  /** Bundle it runs, as it last said; the native version while on the store's bundle. */
  bundleVersion: z.string().nullable(),
  isOnBuiltin: z.boolean(),
  pluginVersion: z.string().nullable(),
  /** Channel it asks for by `defaultChannel`; null when it leaves the choice to the server. */
  requestedChannel: z.string().nullable(),
  /** Channel that decided its last check. */
  channel: z.string().nullable(),
  override: deviceOverrideSchema.nullable(),
  /** Channel that an old plugin chose by setChannel: it cannot keep it itself (clients.md §8.5). */
  keptChannel: z.string().nullable(),
  failedVersions: z.array(failedVersionSchema),
  keyId: z.string().nullable(),
  installSource: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  state: deviceStateSchema,
  firstSeenAt: timestampSchema,
  lastSeenAt: timestampSchema,
});
export type Device = z.infer<typeof deviceSchema>;

/** What a device would be answered now, and why. */
export const explanationSchema = z.object({
  /** As it would go over the wire. */
  response: z.object({ status: z.number().int(), body: z.unknown() }),
  outcome: z.enum(['offered', 'up_to_date', 'blocked', 'failed']),
  /** The protocol's error code, `offer`, or `builtin`. */
  code: z.string(),
  /** English sentence. */
  summary: z.string(),
  channel: z.string().nullable(),
  release: z.object({ releaseId: z.string(), version: z.string() }).optional(),
  trace: z.array(traceStepSchema),
});
export type Explanation = z.infer<typeof explanationSchema>;
