import { z } from 'zod';

import { timestampSchema } from './common.ts';

/** The channel that every app has from its beginning. Capgo's own name for it (capgo-server-and-cli.md §6, PUT). */
export const DEFAULT_CHANNEL = 'production';

/** What a channel offers: a release, the version in the store (`builtin`), or nothing yet. */
export const channelTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('release'), releaseId: z.string(), version: z.string() }),
  z.object({ kind: z.literal('builtin') }),
  z.object({ kind: z.literal('none') }),
]);
export type ChannelTarget = z.infer<typeof channelTargetSchema>;

/**
 * How far above the native version a bundle may be: `major`, `minor` and `patch` refuse a bundle that differs there,
 * `version_number` one whose channel asks for a newer native version. Source: capgo-server-and-cli.md §5.4, steps 29–33.
 */
export const updatePolicySchema = z.enum(['none', 'major', 'minor', 'patch', 'version_number']);

/** When a rollout that fails is stopped. Source: capgo-server-and-cli.md §7, §8.1. */
export const autoPauseSchema = z.object({
  enabled: z.boolean(),
  /** Only what happened within this time counts. */
  windowMinutes: z.number().int().min(1).max(10_080),
  /** Share of failures in basis points that is too much; null never stops anything. */
  failureRateBps: z.number().int().min(0).max(10_000).nullable(),
  /** Of the Wilson score's lower bound: how sure one has to be, 0..1 exclusive. */
  confidence: z.number().gt(0).lt(1),
  /** Devices that must have tried before anything is concluded. */
  minAttempts: z.number().int().min(0).max(1_000_000).nullable(),
  minFailures: z.number().int().min(0).max(1_000_000).nullable(),
  action: z.enum(['pause', 'rollback', 'notify']),
  /** After it stopped a rollout it rests for so long. */
  cooldownMinutes: z.number().int().min(0).max(10_080),
});
export type AutoPause = z.infer<typeof autoPauseSchema>;

/**
 * What a channel lets through. Names as in Capgo's API: capgo-server-and-cli.md §8.1.
 * Defaults of a new channel: `core/channels/channel-settings.ts`.
 */
export const channelSettingsSchema = z.object({
  /** Devices that ask for no channel get it. One public channel per platform. */
  public: z.boolean(),
  ios: z.boolean(),
  android: z.boolean(),
  electron: z.boolean(),
  /** Devices may choose it themselves, by setChannel or by the `defaultChannel` of their config. */
  allowDeviceSelfSet: z.boolean(),
  allowEmulator: z.boolean(),
  allowDevice: z.boolean(),
  /** Debug, TestFlight and ad-hoc builds (`is_prod: false`). */
  allowDev: z.boolean(),
  allowProd: z.boolean(),
  disableAutoUpdate: updatePolicySchema,
  /** Nothing is offered whose version is below the native version. */
  disableAutoUpdateUnderNative: z.boolean(),
  /** For the policy `version_number`: the native version that the bundle needs. */
  minUpdateVersion: z.string().max(256).nullable(),
  autoPause: autoPauseSchema,
});
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

/** Settings to change; what is left out stays. */
export const channelChangeSchema = channelSettingsSchema
  .partial()
  .extend({ autoPause: autoPauseSchema.partial().optional() });
export type ChannelChange = z.infer<typeof channelChangeSchema>;

/** A second release that a share of the devices gets. Source: capgo-server-and-cli.md §5.6. */
export const rolloutSchema = z.object({
  /** New for each release that is rolled out: decisions of an earlier one do not count. */
  rolloutId: z.string(),
  releaseId: z.string(),
  version: z.string(),
  /** Share of the devices in basis points: 10,000 is everybody. */
  percentageBps: z.number().int().min(0).max(10_000),
  enabled: z.boolean(),
  /** While paused nobody new gets it; who runs it keeps it. */
  pausedAt: timestampSchema.nullable(),
  pauseReason: z.string().nullable(),
  /** For how long a device keeps what was decided for it. */
  cacheTtlSeconds: z.number().int().min(60).max(31_536_000),
  /** Devices that were chosen, of those that have asked so far. */
  selectedDevices: z.number().int(),
  decidedDevices: z.number().int(),
});

export const channelSchema = channelSettingsSchema.extend({
  /** A JSON number: the clients' channel lists fail as a whole on strings. Source: protocol/clients.md §8.4. */
  id: z.number().int(),
  appId: z.string(),
  name: z.string(),
  /** Publishing goes here unless another channel is named. There is one per app, and it cannot be deleted. */
  isDefault: z.boolean(),
  target: channelTargetSchema,
  rollout: rolloutSchema.nullable(),
  autoPauseLastTriggeredAt: timestampSchema.nullable(),
  autoPauseLastCheckedAt: timestampSchema.nullable(),
  /** Devices whose last check it decided. */
  deviceCount: z.number().int(),
  /** Devices that a person tied to it. */
  overrideCount: z.number().int(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
});
export type Channel = z.infer<typeof channelSchema>;

/** A changed channel, and those that are public no more because it is now. */
export const changedChannelSchema = z.object({ channel: channelSchema, unpublished: z.array(z.string()) });
export type ChangedChannel = z.infer<typeof changedChannelSchema>;

export const channelCauseSchema = z.enum([
  'created',
  'renamed',
  /** A release was published to it. */
  'published',
  /** A person pointed it at something else. */
  'target_set',
  'rolled_back',
  'release_deleted',
  'settings_changed',
  /** Another channel became the public one. */
  'unpublished',
  'rollout_set',
  'rollout_paused',
  'rollout_resumed',
  'rollout_promoted',
  'rollout_rolled_back',
  /** Too many devices failed; `note` has the figures. */
  'auto_paused',
]);
export type ChannelCause = z.infer<typeof channelCauseSchema>;

const settingValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One change of a channel. */
export const channelHistoryEntrySchema = z.object({
  id: z.number().int(),
  at: timestampSchema,
  cause: channelCauseSchema,
  /** What it offered before, and since. */
  before: channelTargetSchema,
  target: channelTargetSchema,
  /** Settings by name that changed with it, those of `autoPause` and `rollout` with a dot. */
  changes: z.record(z.string(), z.object({ from: settingValueSchema, to: settingValueSchema })),
  /** English words about it: why a rollout was paused. */
  note: z.string().nullable(),
  /** Whether the channel can be pointed at `target` again: it is another one than now, and still there. */
  canRollBack: z.boolean(),
});
export type ChannelHistoryEntry = z.infer<typeof channelHistoryEntrySchema>;

const previewAnswerSchema = z.object({
  outcome: z.enum(['offered', 'up_to_date', 'blocked', 'failed']),
  /** The protocol's error code, `offer`, or `builtin`. */
  code: z.string(),
  channel: z.string().nullable(),
  /** The version that would be offered. */
  version: z.string().nullable(),
  /** The rule that decided. */
  rule: z.string(),
  /** English sentence of that rule, and what decided it for other languages. */
  detail: z.string(),
  values: z.record(z.string(), settingValueSchema),
});
export type PreviewAnswer = z.infer<typeof previewAnswerSchema>;

const previewCountsSchema = z.object({
  offered: z.number().int(),
  up_to_date: z.number().int(),
  blocked: z.number().int(),
  failed: z.number().int(),
});

/** What the channel's devices would be answered at their next check, as it stands and with a change. */
export const channelPreviewSchema = z.object({
  before: previewCountsSchema,
  after: previewCountsSchema,
  /** Devices that the channel decides now or would decide with the change; those with another answer first. */
  devices: z.array(
    z.object({
      deviceId: z.string(),
      alias: z.string().nullable(),
      customId: z.string().nullable(),
      platform: z.string(),
      isVirtual: z.boolean(),
      isChanged: z.boolean(),
      before: previewAnswerSchema,
      after: previewAnswerSchema,
    }),
  ),
  /** Channels that would be public no more. */
  unpublished: z.array(z.string()),
});
export type ChannelPreview = z.infer<typeof channelPreviewSchema>;
