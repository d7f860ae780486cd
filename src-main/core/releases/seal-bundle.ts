import { encryptBundle } from '../crypto/envelope.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { JobContext } from '../jobs/job-runner.ts';
import type { KeyVault, VaultKey } from '../keys/key-vault.ts';

/** What devices download of a release, and what an offer says beside it. */
export type SealedBundle = {
  readonly path: string;
  /** Of the file at `path`. */
  readonly blobSha256: string;
  readonly sizeBytes: number;
  readonly checksum: string;
  readonly sessionKey: string | null;
  readonly keyId: string | null;
  readonly keyFingerprint: string | null;
};

export type PlainBundle = { readonly path: string; readonly sha256: string; readonly sizeBytes: number };

/** Without a key, what was packed is what is served. */
export function leavePlain({ path, sha256, sizeBytes }: PlainBundle): SealedBundle {
  return { path, blobSha256: sha256, sizeBytes, checksum: sha256, sessionKey: null, keyId: null, keyFingerprint: null };
}

/** Encrypts what was packed, beside it. The private key is open only for the length of this call. */
export async function sealBundle(
  plain: PlainBundle,
  key: VaultKey,
  format: EnvelopeFormat,
  job: JobContext,
  vault: KeyVault,
): Promise<SealedBundle> {
  const out = `${plain.path}.encrypted`;
  const made = await job.step('encrypt', async (report) =>
    encryptBundle({
      path: plain.path,
      out,
      key: await vault.openPrivate(key.name),
      format,
      sha256: plain.sha256,
      wantsEncryptedSha256: true,
      signal: job.signal,
      report,
    }),
  );
  const { sessionKey, checksum, sizeBytes, encryptedSha256 } = made;
  // Asked for above.
  const blobSha256 = encryptedSha256 as string;
  return { path: out, blobSha256, sizeBytes, checksum, sessionKey, keyId: key.keyId, keyFingerprint: key.fingerprint };
}
