import { open } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import type { DecryptResult, EncryptResult, ZipRef } from '#contract/models/key.ts';

import { AppError, reasonOf, systemErrorCode } from '../app-error.ts';
import { decryptBundle, encryptBundle, type LongWork } from '../crypto/envelope.ts';
import type { PrivateKeyMaterial, PublicKeyMaterial } from '../crypto/key-material.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { UploadService } from '../uploads/uploads.ts';
import { absolutePath } from './key-files.ts';

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

type Word = 'encrypted' | 'decrypted';

/** Where a zip is and where its counterpart goes; an upload does not expire until disposed. */
type ZipPlace = Disposable & {
  readonly zip: string;
  readonly out: string | undefined;
  readonly title: string;
  /** Names the outcome for people: what lies in a staging folder is fetched under a name of its own. */
  named<T extends { readonly path: string }>(result: T): T;
};

/** Throws `BAD_INPUT` for relative paths, `UPLOAD_NOT_FOUND`, `UPLOAD_INCOMPLETE`. */
export function locateZip(zip: ZipRef, out: string | undefined, word: Word, uploads: UploadService): ZipPlace {
  if (typeof zip === 'string') {
    absolutePath(zip);
    if (out !== undefined) absolutePath(out);
    return { zip, out, title: zip, named: (result) => result, [Symbol.dispose]() {} };
  }
  const held = uploads.use(zip.uploadId);
  return {
    zip: held.file ?? held.path,
    out: held.resultPath,
    title: held.name,
    named: (result) => ({ ...result, path: basename(besideZip(held.name, word)) }),
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}

/** `build.zip` → `build.encrypted.zip`, and back `build.encrypted.zip` → `build.decrypted.zip`. */
function besideZip(path: string, word: Word): string {
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
