import { open } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import type { DecryptResult, EncryptResult } from '#contract/models/key.ts';

import { AppError, reasonOf, systemErrorCode } from '../app-error.ts';
import { decryptBundle, encryptBundle, type LongWork } from '../crypto/envelope.ts';
import type { PrivateKeyMaterial, PublicKeyMaterial } from '../crypto/key-material.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';

/**
 * Encrypts a zip as a publish would: the bytes to serve, and what an offer carries beside them.
 * Throws `ZIP_INVALID` for anything that does not start like a zip, because no device could use it.
 */
export async function encryptZip(
  input: {
    readonly zip: string;
    readonly key: PrivateKeyMaterial;
    readonly format: EnvelopeFormat;
    readonly out?: string | undefined;
  } & LongWork,
): Promise<EncryptResult> {
  const { zip: path, key, format } = input;
  await assertZip(path);
  const out = input.out ?? besideZip(path, 'encrypted');
  const { sessionKey, checksum, keyId } = await encryptBundle({ ...input, path, out, key, format });
  return { path: out, sessionKey, checksum, keyId, format };
}

/** Decrypts a zip as an app with the public key would. */
export async function decryptZip(
  input: {
    readonly zip: string;
    readonly key: PublicKeyMaterial;
    readonly sessionKey: string;
    readonly checksum?: string | undefined;
    readonly out?: string | undefined;
  } & LongWork,
): Promise<DecryptResult> {
  const { zip: path, key, sessionKey, checksum, signal, report } = input;
  const out = input.out ?? besideZip(path, 'decrypted');
  const optional = {
    ...(checksum === undefined ? {} : { checksum }),
    ...(signal ? { signal } : {}),
    ...(report ? { report } : {}),
  };
  const { sha256, isVerified } = await decryptBundle({ path, out, key, sessionKey, ...optional });
  return { path: out, checksum: sha256, verified: isVerified };
}

/** `build.zip` → `build.encrypted.zip`, and back `build.encrypted.zip` → `build.decrypted.zip`. */
function besideZip(path: string, word: 'encrypted' | 'decrypted'): string {
  const name = basename(path, extname(path)).replace(/\.(encrypted|decrypted)$/, '');
  return join(dirname(path), `${name}.${word}.zip`);
}

async function assertZip(path: string): Promise<void> {
  const start = Buffer.alloc(4);
  try {
    await using file = await open(path, 'r');
    await file.read(start, 0, 4, 0);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new AppError('SOURCE_NOT_FOUND', { path }, { cause: error });
    throw new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
  }
  if (start.readUInt32BE() !== 0x50_4b_03_04) {
    throw new AppError('ZIP_INVALID', { reason: 'it does not start like a zip' });
  }
}
