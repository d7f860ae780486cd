import { z } from 'zod';

import { timestampSchema } from './common.ts';

const bytes = z.number().int().nonnegative();

export const storageUsageSchema = z.object({
  apps: z.array(
    z.object({
      appId: z.string(),
      name: z.string(),
      releases: z.number().int(),
      /** Bundle zips. */
      zipBytes: bytes,
      /** Files for delta downloads. */
      deltaBytes: bytes,
      /** Of these, what another of the app's releases or another app needs as well: deleting one release frees less. */
      sharedBytes: bytes,
    }),
  ),
  /** Everything in the store, each file once. */
  storeBytes: bytes,
  /** What nothing needs any more; the clean-up removes it. */
  unusedBytes: bytes,
  /** Devices, log, settings and keys. */
  databaseBytes: bytes,
  /** Left on the disk; null where the system does not tell. */
  freeBytes: bytes.nullable(),
});
export type StorageUsage = z.infer<typeof storageUsageSchema>;

/** What the clean-up removed, or would remove. */
export const collectResultSchema = z.object({
  dryRun: z.boolean(),
  removed: z.number().int(),
  bytes,
  /** Unused, but so new that a publish under way may want it: removed next time. */
  tooNew: z.number().int(),
  /** Names within the store, at most a thousand. */
  files: z.array(z.object({ name: z.string(), bytes })),
});
export type CollectResult = z.infer<typeof collectResultSchema>;

/** What a look at every stored file can find, with its severity. Codes are stable. */
export const storageFindingSeverity = {
  DATABASE_DAMAGED: 'error',
  FILE_MISSING: 'error',
  FILE_DAMAGED: 'error',
  FILE_UNREADABLE: 'error',
  FILE_FOREIGN: 'warning',
  FILE_UNUSED: 'info',
} as const;
export type StorageFindingCode = keyof typeof storageFindingSeverity;
const storageFindingCodes = Object.keys(storageFindingSeverity) as readonly StorageFindingCode[];

export const storageFindingSchema = z.object({
  code: z.enum(storageFindingCodes as [StorageFindingCode, ...StorageFindingCode[]]),
  severity: z.enum(['error', 'warning', 'info']),
  /** Name within the store; empty for the database. */
  file: z.string(),
  /** What needs it, newest first, at most twenty. */
  releases: z.array(z.object({ appId: z.string(), releaseId: z.string(), version: z.string() })),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type StorageFinding = z.infer<typeof storageFindingSchema>;

export const verifyResultSchema = z.object({
  /** Nothing of severity error. */
  ok: z.boolean(),
  checked: z.number().int(),
  bytes,
  /** Worst first, at most a thousand. */
  findings: z.array(storageFindingSchema),
});
export type VerifyResult = z.infer<typeof verifyResultSchema>;

/** How long an app keeps its releases. Both null: for ever. What is in use is never removed. */
export const retentionSchema = z.object({
  /** The newest so many stay. */
  keepCount: z.number().int().min(1).max(10_000).nullable(),
  /** What is younger stays. With both, a release goes only when neither keeps it. */
  keepDays: z.number().int().min(1).max(3650).nullable(),
});
export type Retention = z.infer<typeof retentionSchema>;

export const expiredReleasesSchema = z.object({
  releases: z.array(z.object({ releaseId: z.string(), version: z.string(), createdAt: timestampSchema })),
  /** Old enough to go, but offered by a channel, a rollout or a device's override. */
  inUse: z.number().int(),
});
export type ExpiredReleases = z.infer<typeof expiredReleasesSchema>;
export const backupResultSchema = z.object({
  path: z.string(),
  bytes,
  files: z.number().int(),
  releases: z.number().int(),
  keys: z.number().int(),
  /** With a passphrase: the private keys are in it, sealed, and can move to another machine. */
  hasPrivateKeys: z.boolean(),
  /** Stored files that are missing or damaged here, and so are not in it. */
  leftOut: z.number().int(),
});
export type BackupResult = z.infer<typeof backupResultSchema>;

export const restoreResultSchema = z.object({
  /** Takes its place when Slipway starts the next time. */
  isWaitingForRestart: z.boolean(),
  createdAt: timestampSchema,
  apps: z.number().int(),
  releases: z.number().int(),
  files: z.number().int(),
  bytes,
  /** Names of keys whose private part opens here. */
  keysOpen: z.array(z.string()),
  /** Names of keys whose private part was sealed on another machine: import it, or restore with the passphrase. */
  keysSealed: z.array(z.string()),
  /** Where what was there before goes; null for an empty data folder. */
  aside: z.string().nullable(),
});
export type RestoreResult = z.infer<typeof restoreResultSchema>;

export const exportResultSchema = z.object({
  path: z.string(),
  format: z.enum(['zip', 'static']),
  files: z.number().int(),
  bytes,
});
export type ExportResult = z.infer<typeof exportResultSchema>;
