import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

import { AppError } from '../app-error.ts';

/**
 * Bytes sealed with a passphrase: scrypt for the key, AES-256-GCM for the content.
 * Layout: magic (8) · log2 N (1) · r (1) · p (1) · salt (16) · nonce (12) · tag (16) · ciphertext.
 * The header is authenticated, so a changed cost parameter or magic does not open.
 */
const MAGIC = Buffer.from('SLIPBOX1', 'latin1');
const COST_LOG2 = 17;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 3 + SALT_BYTES + NONCE_BYTES;

/** Above this an attacker's file could make opening it take minutes and gigabytes. */
const MAX_COST_LOG2 = 18;

const MIN_PASSPHRASE_CHARACTERS = 8;

/** For a passphrase that somebody chooses. Throws `PASSPHRASE_TOO_SHORT`. */
export function assertPassphrase(passphrase: string): void {
  if (passphrase.length >= MIN_PASSPHRASE_CHARACTERS) return;
  throw new AppError('PASSPHRASE_TOO_SHORT', { least: MIN_PASSPHRASE_CHARACTERS });
}

/** About 300 ms and 128 MiB of memory per call: slow for guessing, quick for a person. */
export async function sealWithPassphrase(plain: Uint8Array, passphrase: string, costLog2 = COST_LOG2): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.from([costLog2, BLOCK_SIZE, PARALLELISM]), salt, nonce]);
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase, salt, costLog2), nonce);
  cipher.setAAD(header);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([header, cipher.getAuthTag(), body]);
}

/** Throws `SEAL_DAMAGED` when it is no such box and `PASSPHRASE_WRONG` when the passphrase or a byte is wrong. */
export async function openWithPassphrase(sealed: Uint8Array, passphrase: string): Promise<Buffer> {
  const bytes = Buffer.from(sealed);
  if (bytes.length < HEADER_BYTES + TAG_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new AppError('SEAL_DAMAGED');
  }
  const header = bytes.subarray(0, HEADER_BYTES);
  const [costLog2 = 0, blockSize = 0, parallelism = 0] = header.subarray(MAGIC.length, MAGIC.length + 3);
  if (costLog2 < 10 || costLog2 > MAX_COST_LOG2 || blockSize !== BLOCK_SIZE || parallelism !== PARALLELISM) {
    throw new AppError('SEAL_DAMAGED');
  }
  const salt = header.subarray(MAGIC.length + 3, MAGIC.length + 3 + SALT_BYTES);
  const nonce = header.subarray(HEADER_BYTES - NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', await deriveKey(passphrase, salt, costLog2), nonce);
  decipher.setAAD(header);
  decipher.setAuthTag(bytes.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AppError('PASSPHRASE_WRONG', {}, { cause: error });
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, costLog2: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const N = 2 ** costLog2;
  // People type the same passphrase in different Unicode forms on different systems.
  scrypt(
    passphrase.normalize('NFKC'),
    salt,
    32,
    { N, r: BLOCK_SIZE, p: PARALLELISM, maxmem: 256 * N * BLOCK_SIZE },
    (error, key) => (error ? reject(error) : resolve(key)),
  );
  return promise;
}
