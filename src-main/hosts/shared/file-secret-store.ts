import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError, reasonOf, systemErrorCode } from '#core/app-error.ts';
import type { SecretStore } from '#core/ports.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed here, so that another way of sealing can be told apart later. */
const FORMAT = 1;

/**
 * Secrets sealed with AES-256-GCM under a key in a file that only the user can read: what a host without a keychain
 * has. It keeps keys out of copies of the database, not from other programs of the same user.
 * The key file is made with the first secret.
 */
export function createFileSecretStore(dataDir: string): SecretStore {
  const keyPath = join(dataDir, 'secrets.key');
  let key: Promise<Buffer> | undefined;

  function loadKey(): Promise<Buffer> {
    key ??= readOrMakeKey(keyPath, dataDir).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  }

  return {
    kind: 'file',
    async seal(plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', await loadKey(), iv);
      return Buffer.concat([Buffer.of(FORMAT), iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async open(sealed) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + IV_BYTES + TAG_BYTES || bytes[0] !== FORMAT) throw new Error('not sealed by this store');
      const decipher = createDecipheriv('aes-256-gcm', await loadKey(), bytes.subarray(1, 1 + IV_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

async function readOrMakeKey(path: string, dataDir: string): Promise<Buffer> {
  try {
    return await readKey(path, dataDir);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  // Written whole beside its place, then linked: never a short key, and never one key over another.
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(randomBytes(KEY_BYTES));
      await file.sync();
    }
    await link(temporary, path).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  return readKey(path, dataDir);
}

async function readKey(path: string, dataDir: string): Promise<Buffer> {
  const key = await readFile(path);
  if (key.length === KEY_BYTES) return key;
  throw new AppError('DATA_FOLDER_UNUSABLE', { dataDir, reason: reasonOf(new Error('secrets.key is damaged')) });
}
