import { z } from 'zod';

import { sha256Schema, timestampSchema } from './common.ts';

/** How an encrypted checksum is written: `v3` for plugins from x.30 on, `v2` for older ones. Source: protocol/clients.md §4.4. */
export const envelopeFormatSchema = z.enum(['v3', 'v2']);

/** A key of the vault as everybody may see it. The private part has no field in any model. */
export const keySchema = z.object({
  name: z.string(),
  /** First 20 characters of the public PEM's body, as devices report it. Source: protocol/clients.md §4.5. */
  keyId: z.string(),
  /** SHA-256 over the PKCS#1 DER of the public key, lowercase hex. */
  fingerprint: sha256Schema,
  bits: z.number().int(),
  /** PKCS#1, as `plugins.CapacitorUpdater.publicKey` wants it. */
  publicPem: z.string(),
  /** False for a public key alone: it verifies, it cannot encrypt. */
  hasPrivate: z.boolean(),
  createdAt: timestampSchema,
  /** Since when no new release is made with it; null while it is in use. */
  retiredAt: timestampSchema.nullable(),
  usedBy: z.object({
    /** Releases that were encrypted with it and still stand. */
    releases: z.array(z.object({ appId: z.string(), version: z.string() })),
    /** Apps whose next release takes it unless told otherwise. */
    apps: z.array(z.string()),
    /** Devices that report its id. */
    devices: z.array(z.object({ appId: z.string(), deviceId: z.string() })),
  }),
});
export type Key = z.infer<typeof keySchema>;

/** A Capacitor project on this machine whose config has a key. */
export const keyProjectSchema = z.object({
  configPath: z.string(),
  appId: z.string().nullable(),
  keyId: z.string(),
});
export type KeyProject = z.infer<typeof keyProjectSchema>;

/** How the private parts are kept on this machine. */
export const vaultStatusSchema = z.object({
  /**
   * `keychain`: sealed by the system. `file`: under a key in a file that only the user can read. `passphrase`: that key
   * is sealed itself. `undecided`: there is no keychain, and nobody has chosen between the other two yet.
   */
  kind: z.enum(['keychain', 'file', 'passphrase', 'undecided']),
  /** The keychain as the system names it, also one that is none: `basic_text`. */
  backend: z.string().nullable(),
  /** Private parts cannot be opened until the passphrase is given. */
  isLocked: z.boolean(),
});
export type VaultStatus = z.infer<typeof vaultStatusSchema>;

/** A key by its name in the vault, or as PEM: in a file, or as text that was dropped on a page and is kept nowhere. */
export const keyRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vault'), name: z.string().min(1).max(100) }),
  z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('text'), pem: z.string().max(65_536) }),
]);
export type KeyRef = z.infer<typeof keyRefSchema>;

/** A zip on this machine, or one that a browser sent; what is made of that is fetched from the upload. */
export const zipRefSchema = z.union([z.string().min(1).max(4096), z.object({ uploadId: z.string().max(100) })]);
export type ZipRef = z.infer<typeof zipRefSchema>;

/** What encrypting a zip by hand returns; keys as in design/command-line.md §3. */
export const encryptResultSchema = z.object({
  /** For an upload: the name to save it under. */
  path: z.string(),
  sessionKey: z.string(),
  checksum: z.string(),
  keyId: z.string(),
  format: envelopeFormatSchema,
});
export type EncryptResult = z.infer<typeof encryptResultSchema>;

export const decryptResultSchema = z.object({
  path: z.string(),
  /** SHA-256 of the plain zip. */
  checksum: sha256Schema,
  /** Whether a checksum was given and matched. */
  verified: z.boolean(),
});
export type DecryptResult = z.infer<typeof decryptResultSchema>;
