import { z } from 'zod';

import { sentenceParamsSchema } from '../texts/coded-sentence.ts';
import { simulationCodes } from '../texts/simulation-texts.ts';
import { timestampSchema } from './common.ts';

/** Clients that a virtual device can play. */
export const virtualPlatformSchema = z.enum(['android', 'ios', 'electron']);
export type VirtualPlatform = z.infer<typeof virtualPlatformSchema>;

/**
 * Whose plugin the app has. Cordova's client for Android and iOS is a port of Capacitor's; how it differs is
 * protocol/clients.md §12.2, which is less certain than the rest.
 */
export const virtualFrameworkSchema = z.enum(['capacitor', 'cordova']);
export type VirtualFramework = z.infer<typeof virtualFrameworkSchema>;

/** What can go wrong on request, on the side of the device. Each ends as protocol/clients.md §9.9 says. */
export const faultNames = [
  /** The file takes 40 s: longer than iOS waits. */
  'slow-link',
  /** The first transfer breaks off half-way. */
  'drop',
  /** The offer carries a checksum that fits nothing. */
  'wrong-checksum',
  /** The app holds another public key than the bundle was encrypted with, and does not know it. */
  'wrong-key',
  /** The bundle was published broken: its checksum is right, its zip is not. */
  'corrupt-zip',
  /** The update check is answered with 500. */
  'http-500',
  /** The file is answered with 404. */
  'file-404',
  /** The file is answered with 500. */
  'file-500',
  /** The update check is answered with 429 and Retry-After. */
  'rate-limited',
  /** Nothing answers the update check. */
  'unreachable',
  /** The app never calls notifyAppReady. */
  'never-ready',
] as const;
export const faultNameSchema = z.enum(faultNames);
export type FaultName = z.infer<typeof faultNameSchema>;

/** What a virtual device says of itself, for other languages than English. */
export const simulationSentencesSchema = z.array(
  z.object({ code: z.enum(simulationCodes), params: sentenceParamsSchema }),
);

/** One thing that a virtual device did. */
export const simulationStepSchema = z.object({
  step: z.enum([
    'launch',
    'check',
    'download',
    'verify',
    'unpack',
    'queue',
    'apply',
    'ready',
    'roll_back',
    'channel',
    'stats',
    'fault',
  ]),
  at: timestampSchema,
  /** English sentence. */
  detail: z.string(),
  /** The same for other languages; absent in cycles that a program before this one ran. */
  sentences: simulationSentencesSchema.optional(),
});
export type SimulationStep = z.infer<typeof simulationStepSchema>;

/** A request that a virtual device made. */
export const simulatedRequestSchema = z.object({
  method: z.string(),
  url: z.string(),
  /** Null: no answer. */
  status: z.number().int().nullable(),
  /** First byte asked for, of a transfer that goes on where one broke off. */
  rangeStart: z.number().int().optional(),
  request: z.unknown().optional(),
  response: z.string().optional(),
  /** Bytes of a file that arrived. */
  bytes: z.number().int().optional(),
  /** The answer came from a fault, not from the server. */
  isInjected: z.boolean().optional(),
});
export type SimulatedRequest = z.infer<typeof simulatedRequestSchema>;

/** What one cycle of a virtual device came to; keys as in design/command-line.md §3, `simulate`. */
export const simulationResultSchema = z.object({
  outcome: z.enum(['updated', 'up_to_date', 'blocked', 'failed']),
  /** The bundle it runs in the end. */
  version: z.string(),
  deviceId: z.string(),
  platform: virtualPlatformSchema,
  steps: z.array(simulationStepSchema),
  requests: z.array(simulatedRequestSchema),
  /** Events as they were made, in order. */
  stats: z.array(z.record(z.string(), z.unknown())),
  /** Bytes of files that were fetched. */
  bytes: z.number().int(),
  /** Bytes of files that it had already: built into the app, or in its cache. */
  reused: z.number().int(),
  /** Files of a manifest by where they came from; absent of cycles without one, and of those of older versions. */
  files: z
    .object({
      fetched: z.number().int(),
      /** Came with the app: clients.md §6.3. */
      builtin: z.number().int(),
      /** Kept from an earlier update. */
      cache: z.number().int(),
    })
    .optional(),
});
export type SimulationResult = z.infer<typeof simulationResultSchema>;

/** A fault, and at which percent `drop` cuts. */
export const faultSchema = z.object({ name: faultNameSchema, percent: z.number().int().min(1).max(99).optional() });

/** The public key of an app: of the vault, of a PEM file, or as text. Of a private one the public part is taken. */
const appKeySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vault'), name: z.string().min(1).max(100) }),
  z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('text'), pem: z.string().max(65_536) }),
]);

/** What a request says of the build and where it runs; channels let devices in by it. Source: protocol/clients.md §1.2. */
const buildFactsSchema = z.object({
  /** `version_code`. */
  nativeCode: z.string().max(100).optional(),
  isEmulator: z.boolean().optional(),
  isProd: z.boolean().optional(),
});
export type BuildFacts = z.infer<typeof buildFactsSchema>;

/** The web build that came with the app: a folder or zip of this machine, or a release of the app. */
export const builtinSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('release'), version: z.string().min(1).max(256) }),
]);
export type BuiltinSource = z.infer<typeof builtinSourceSchema>;

/** How a virtual device is made. */
export const virtualProfileSchema = z.object({
  platform: virtualPlatformSchema.default('android'),
  /** Without it Capacitor's. Electron has one client only. */
  framework: virtualFrameworkSchema.optional(),
  nativeVersion: z.string().trim().min(1).max(100).default('1.0.0'),
  /** Without it the newest that is known of the platform. */
  pluginVersion: z.string().trim().min(1).max(50).optional(),
  /** `defaultChannel` of its config. */
  channel: z.string().trim().max(100).optional(),
  /** The public key of its config. */
  key: appKeySchema.optional(),
  /** Delta updates take from it what is the same. Without it nothing is known to have come with the app. */
  builtin: builtinSourceSchema.optional(),
  /** What it says of its build, where it is to be another than a virtual device has. */
  build: buildFactsSchema.optional(),
});
export type VirtualProfile = z.infer<typeof virtualProfileSchema>;

/** A virtual device that was added, and keeps what it has between its cycles. */
export const virtualDeviceSchema = z.object({
  appId: z.string(),
  deviceId: z.string(),
  platform: virtualPlatformSchema,
  framework: virtualFrameworkSchema,
  nativeVersion: z.string(),
  pluginVersion: z.string(),
  /** `defaultChannel` of its config. */
  channel: z.string().nullable(),
  /** Channel that it chose itself; null while it follows its config. */
  chosenChannel: z.string().nullable(),
  keyId: z.string().nullable(),
  /** Bundle that it runs; null on the one of the store. */
  bundleVersion: z.string().nullable(),
  /** The web build that came with its app: what it was taken from, and how much it is. Null: none was given. */
  builtin: z.object({ name: z.string(), files: z.number().int(), bytes: z.number().int() }).nullable(),
  createdAt: timestampSchema,
  /** Null before its first cycle. */
  lastRun: simulationResultSchema
    .omit({ deviceId: true, platform: true })
    .extend({ at: timestampSchema, fault: faultNameSchema.nullable() })
    .nullable(),
});
export type VirtualDevice = z.infer<typeof virtualDeviceSchema>;

/**
 * What a run of one or many virtual devices came to. The parts of `SimulationResult` are those of the only device, else
 * of the first that failed, else of the first; `bytes` and `reused` are sums.
 */
export const simulationReportSchema = simulationResultSchema.extend({
  outcomes: z.object({
    updated: z.number().int(),
    up_to_date: z.number().int(),
    blocked: z.number().int(),
    failed: z.number().int(),
  }),
  /** Every device with its end, in the order of the run. */
  devices: z.array(
    simulationResultSchema
      .pick({ deviceId: true, platform: true, outcome: true, version: true })
      .extend({ /** Its last step. */ detail: z.string() }),
  ),
});
export type SimulationReport = z.infer<typeof simulationReportSchema>;
