import { z } from 'zod';

import { sha256Schema, timestampSchema } from '#contract/models/common.ts';

/**
 * A backup is a zip whose entries are kept as they are: `manifest.json`, `database.sqlite`, `blobs/<sha256>` for every
 * stored file that a release needs, and with a passphrase `keys.box`, the vault's own sealed backup. Private keys are in
 * the database only as this machine's secret store sealed them; what opens that store (a keychain, `secrets.key`,
 * `secrets.box`) is never in a backup, so without a passphrase they open on the same machine only.
 */
export const MANIFEST_ENTRY = 'manifest.json';
export const DATABASE_ENTRY = 'database.sqlite';
export const KEYS_ENTRY = 'keys.box';
export const BLOB_ENTRY = /^blobs\/([0-9a-f]{64})$/;

const size = z.number().int().nonnegative();
const part = z.object({ sha256: sha256Schema, bytes: size });

export const backupManifestSchema = z.object({
  format: z.literal('slipway-backup-1'),
  appVersion: z.string().max(100),
  /** Number of the last migration of the database in it. */
  databaseVersion: z.number().int().positive(),
  createdAt: timestampSchema,
  database: part,
  keys: part.nullable(),
  blobs: z.array(part).max(1_000_000),
  /** Files that were missing or damaged when the backup was made, and so are not in it. */
  leftOut: z.array(sha256Schema).max(1_000_000),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;
