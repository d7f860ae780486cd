import { z } from 'zod';

import { sha256Schema, timestampSchema } from './common.ts';
import { findingSchema } from './finding.ts';

export const releaseSchema = z.object({
  releaseId: z.string(),
  appId: z.string(),
  /** Semantic version; never used twice within an app, not even after deletion. */
  version: z.string(),
  /** What an offer carries: lowercase SHA-256 of the plain zip, or its encrypted form. */
  checksum: z.string(),
  /** SHA-256 of the file that devices download; its name in the blob store. */
  blobSha256: sha256Schema,
  /** Bytes of the file that devices download. */
  size: z.number().int(),
  files: z.number().int(),
  /** Bytes of all files, uncompressed. */
  rawBytes: z.number().int(),
  /** What a device fetches that has none of its files yet; null for a release that is downloaded as a whole only. */
  delta: z.object({ files: z.number().int(), bytes: z.number().int() }).nullable(),
  encrypted: z.boolean(),
  sessionKey: z.string().nullable(),
  keyId: z.string().nullable(),
  notes: z.string().nullable(),
  findings: z.array(findingSchema),
  /** Milliseconds per publish step. */
  timings: z.record(z.string(), z.number()),
  createdAt: timestampSchema,
  /** When it was fetched back through the device listener and matched. */
  verifiedAt: timestampSchema,
  /** Names of the channels that offer it now. */
  liveOn: z.array(z.string()),
  /** Devices by what happened with this release on them. */
  health: z.object({
    updated: z.number().int(),
    failed: z.number().int(),
    rolledBack: z.number().int(),
    inProgress: z.number().int(),
  }),
  /** Below any listener origin: `/TOKEN/bundles/SHA.zip`. */
  downloadPath: z.string(),
});
export type Release = z.infer<typeof releaseSchema>;

export const bumpSchema = z.enum(['patch', 'minor', 'major']);
export type Bump = z.infer<typeof bumpSchema>;

/** Where a build comes from: a path on this machine, or files that a browser uploaded. */
export const buildSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('upload'), uploadId: z.string().min(1).max(64) }),
]);
export type BuildSource = z.infer<typeof buildSourceSchema>;

/** What the publish job returns; keys as in design/command-line.md §3. */
export const publishResultSchema = z.object({
  releaseId: z.string(),
  appId: z.string(),
  version: z.string(),
  channel: z.string(),
  checksum: z.string(),
  size: z.number().int(),
  encrypted: z.boolean(),
  sessionKey: z.string().optional(),
  keyId: z.string().optional(),
  delta: z.object({ files: z.number().int(), bytes: z.number().int() }).nullable(),
  findings: z.array(findingSchema),
  timings: z.record(z.string(), z.number()),
});
export type PublishResult = z.infer<typeof publishResultSchema>;

export const zipResultSchema = z.object({
  path: z.string(),
  checksum: sha256Schema,
  size: z.number().int(),
  files: z.number().int(),
});
export type ZipResult = z.infer<typeof zipResultSchema>;

/** Why a suggested version may not do what its publisher expects. */
export const versionWarningSchema = z.object({
  code: z.enum(['BELOW_NATIVE', 'PRERELEASE_BELOW_NATIVE', 'BELOW_LATEST', 'SAME_AS_NATIVE']),
  params: z.record(z.string(), z.string()),
});
export type VersionWarning = z.infer<typeof versionWarningSchema>;
