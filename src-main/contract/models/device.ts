import { z } from 'zod';

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
  z.object({ kind: z.literal('downloaded'), version: z.string() }),
  /** Downloaded and queued: applies when the app goes to the background. */
  z.object({ kind: z.literal('waiting_for_background'), version: z.string() }),
  /** Applied; the app has to call notifyAppReady before the deadline. */
  z.object({ kind: z.literal('waiting_for_ready'), version: z.string(), deadlineAt: timestampSchema.nullable() }),
  z.object({ kind: z.literal('ready'), version: z.string() }),
  z.object({ kind: z.literal('failed'), version: z.string().nullable(), action: z.string() }),
  z.object({ kind: z.literal('rolled_back'), version: z.string() }),
  /** Answered with a refusal; `code` is the protocol's error code. */
  z.object({ kind: z.literal('refused'), code: z.string() }),
  z.object({ kind: z.literal('seen') }),
]);
export type DeviceState = z.infer<typeof deviceStateSchema>;

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
  keyId: z.string().nullable(),
  installSource: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  state: deviceStateSchema,
  firstSeenAt: timestampSchema,
  lastSeenAt: timestampSchema,
});
export type Device = z.infer<typeof deviceSchema>;
