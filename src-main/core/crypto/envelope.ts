import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomUUID,
  type Cipheriv,
  type Decipheriv,
  type Hash,
} from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';

import { AppError, asStorageError, reasonOf, systemErrorCode, throwIfAborted } from '../app-error.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { PrivateKeyMaterial, PublicKeyMaterial } from './key-material.ts';
import {
  createSessionKey,
  openChecksum,
  readSessionKey,
  sealChecksum,
  writeSessionKey,
  type EnvelopeFormat,
  type SessionKey,
} from './sealed-values.ts';

const ALGORITHM = 'aes-128-cbc';
const AES_BLOCK_BYTES = 16;
/** Large enough that a system call costs nothing beside the cipher; memory stays at a few of these. */
const CHUNK_BYTES = 1024 * 1024;

export type LongWork = { readonly signal?: AbortSignal; readonly report?: ReportProgress };

export type EncryptedBundle = {
  /** What an offer carries as `session_key`. */
  readonly sessionKey: string;
  /** What an offer carries as `checksum`. */
  readonly checksum: string;
  readonly keyId: string;
  readonly format: EnvelopeFormat;
  /** Of the encrypted file. */
  readonly sizeBytes: number;
  /** Of the encrypted file, when it was asked for: its name in the blob store. */
  readonly encryptedSha256: string | null;
};

/**
 * Encrypts a bundle zip for the official clients: AES-128-CBC with PKCS#7 over the whole file, a fresh key and IV,
 * both values sealed with the private key. Constant memory. The output appears whole or not at all.
 * Source: protocol/clients.md §4, protocol/capgo-server-and-cli.md §3.1.
 */
export async function encryptBundle(
  input: {
    readonly path: string;
    readonly out: string;
    readonly key: PrivateKeyMaterial;
    readonly format: EnvelopeFormat;
    /** SHA-256 of the plain zip when it is known already; else it is computed on the way. */
    readonly sha256?: string;
    /** Also digest what is written; a second digest costs a fifth of the speed, so it is asked for. */
    readonly wantsEncryptedSha256?: boolean;
  } & LongWork,
): Promise<EncryptedBundle> {
  const session = createSessionKey();
  const plainHash = input.sha256 === undefined ? createHash('sha256') : undefined;
  const encryptedHash = input.wantsEncryptedSha256 ? createHash('sha256') : undefined;
  let sizeBytes = 0;
  await writeWhole(input.out, async (out) => {
    sizeBytes = await pump(input, out, createCipheriv(ALGORITHM, session.key, session.iv), plainHash, encryptedHash);
  });
  return {
    sessionKey: writeSessionKey(session, input.key),
    checksum: sealChecksum(input.sha256 ?? plainHash?.digest('hex') ?? '', input.key, input.format),
    keyId: input.key.keyId,
    format: input.format,
    sizeBytes,
    encryptedSha256: encryptedHash?.digest('hex') ?? null,
  };
}

export type DecryptedBundle = {
  /** Lowercase SHA-256 of the plain zip. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Whether a checksum was given and matched. */
  readonly isVerified: boolean;
};

/**
 * Decrypts a bundle as an app with the public key would. The output appears only after everything matched.
 * Throws `SESSION_KEY_*`, `CHECKSUM_*`, `DECRYPT_FAILED`.
 */
export async function decryptBundle(
  input: {
    readonly path: string;
    readonly out: string;
    readonly key: PublicKeyMaterial;
    readonly sessionKey: string;
    /** Encrypted in either form, or a plain SHA-256. */
    readonly checksum?: string;
  } & LongWork,
): Promise<DecryptedBundle> {
  const session = readSessionKey(input.sessionKey, input.key);
  const expected = input.checksum === undefined ? undefined : openChecksum(input.checksum, input.key).sha256;
  const { size } = await statSource(input.path);
  if (size === 0 || size % AES_BLOCK_BYTES !== 0) {
    throw new AppError('DECRYPT_FAILED', { reason: `its ${size} bytes are no multiple of ${AES_BLOCK_BYTES}` });
  }
  const hash = createHash('sha256');
  let sha256 = '';
  let sizeBytes = 0;
  await writeWhole(input.out, async (out) => {
    sizeBytes = await pump(input, out, createDecipheriv(ALGORITHM, session.key, session.iv), undefined, hash);
    sha256 = hash.digest('hex');
    if (expected !== undefined && expected !== sha256) {
      throw new AppError('CHECKSUM_MISMATCH', { expected, found: sha256 });
    }
  });
  return { sha256, sizeBytes, isVerified: expected !== undefined };
}

/**
 * Encrypts one body of a delta update with the release's own session key. Compress first, then encrypt.
 * A zero-byte body must come as the three-byte empty brotli: clients refuse empty plaintext.
 * Source: protocol/clients.md §4.6.
 */
export function encryptBody(body: Uint8Array, session: Readonly<Record<keyof SessionKey, Uint8Array>>): Buffer {
  const cipher = createCipheriv(ALGORITHM, session.key, session.iv);
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

/** Decrypts one body of a delta update, as clients do. Throws `DECRYPT_FAILED`. Source: protocol/clients.md §4.6. */
export function decryptBody(body: Uint8Array, session: Readonly<Record<keyof SessionKey, Uint8Array>>): Buffer {
  const decipher = createDecipheriv(ALGORITHM, session.key, session.iv);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (error) {
    throw new AppError('DECRYPT_FAILED', { reason: 'its padding is wrong' }, { cause: error });
  }
}

/**
 * Reads `path` through the cipher into `out`; returns the bytes written.
 * The next chunk is read and the last one written while this one is worked on: three chunks in memory, whatever the size.
 */
async function pump(
  input: { readonly path: string } & LongWork,
  out: FileHandle,
  cipher: Cipheriv | Decipheriv,
  inputHash: Hash | undefined,
  outputHash: Hash | undefined,
): Promise<number> {
  const total = (await statSource(input.path)).size;
  await using source = await openSource(input.path);
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
  let turn: 0 | 1 = 0;
  let done = 0;
  let written = 0;
  let reading = source.read(buffers[turn], 0, CHUNK_BYTES);
  let writing: Promise<void> = Promise.resolve();
  const write = async (bytes: Uint8Array): Promise<void> => {
    outputHash?.update(bytes);
    written += bytes.length;
    await writing;
    writing = writeFully(out, bytes);
    // Observed by the next await; a failure in between must not count as unhandled.
    writing.catch(() => undefined);
  };
  try {
    for (;;) {
      const { bytesRead } = await reading;
      throwIfAborted(input.signal);
      if (bytesRead === 0) break;
      const chunk = buffers[turn].subarray(0, bytesRead);
      turn = turn === 0 ? 1 : 0;
      reading = source.read(buffers[turn], 0, CHUNK_BYTES);
      reading.catch(() => undefined);
      inputHash?.update(chunk);
      await write(cipher.update(chunk));
      done += bytesRead;
      input.report?.({ done, total, unit: 'bytes' });
    }
    await write(finish(cipher));
    await writing;
  } finally {
    // The buffers and the file must be at rest before the caller closes or removes anything.
    await Promise.allSettled([reading, writing]);
  }
  return written;
}

function finish(cipher: Cipheriv | Decipheriv): Buffer {
  try {
    return cipher.final();
  } catch (error) {
    throw new AppError('DECRYPT_FAILED', { reason: 'its padding is wrong' }, { cause: error });
  }
}

async function writeFully(out: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await out.write(bytes, offset);
    offset += bytesWritten;
  }
}

async function statSource(path: string): Promise<{ readonly size: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new AppError('SOURCE_UNREADABLE', { path, reason: 'it is not a file' });
    return found;
  } catch (error) {
    throw sourceError(error, path);
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw sourceError(error, path);
  }
}

function sourceError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  return systemErrorCode(error) === 'ENOENT'
    ? new AppError('SOURCE_NOT_FOUND', { path }, { cause: error })
    : new AppError('SOURCE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error });
}

/** Writes beside the target and renames at the end, so that nobody ever sees half a file. */
async function writeWhole(path: string, work: (out: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.part`;
  let out: FileHandle;
  try {
    out = await open(temporary, 'wx', 0o600);
  } catch (error) {
    throw outputError(error, path);
  }
  try {
    try {
      await work(out);
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw outputError(error, path);
  }
}

function outputError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  const stored = asStorageError(error);
  if (stored instanceof AppError) return stored;
  return new AppError('OUTPUT_UNWRITABLE', { path, reason: reasonOf(error) }, { cause: error });
}
