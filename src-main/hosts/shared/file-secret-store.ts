import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { AppError } from '#core/app-error.ts';
import type { SecretProtection, SecretStore } from '#core/ports.ts';

import { createStoreKey, type StoreKey, type StoreKeyOptions } from './store-key.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed here, so that another way of sealing can be told apart later. */
const FORMAT = 1;

export type FileSecretStoreOptions = Pick<StoreKeyOptions, 'passphrase' | 'mustChoose'> & {
  /** The keychain that was not good enough, for people. */
  readonly backend?: string;
};

/** A store whose key lies in the data folder, and so can be put under a passphrase. */
export type FileSecretStore = SecretStore & { readonly protection: SecretProtection };

/**
 * Secrets sealed with AES-256-GCM under a key of the data folder: what a host without a keychain has. The key is a file
 * that only the user can read, which keeps secrets out of copies of the database and not from other programs of the
 * same user; or it is sealed with a passphrase. It is made with the first secret.
 */
export function createFileSecretStore(dataDir: string, options: FileSecretStoreOptions = {}): FileSecretStore {
  const storeKey = createStoreKey({
    keyPath: join(dataDir, 'secrets.key'),
    boxPath: join(dataDir, 'secrets.box'),
    dataDir,
    ...options,
  });
  return {
    kind: 'file',
    protection: protectionOf(storeKey, options.backend ?? null),
    async seal(plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', await storeKey.loadOrMake(), iv);
      return Buffer.concat([Buffer.of(FORMAT), iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async open(sealed) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + IV_BYTES + TAG_BYTES || bytes[0] !== FORMAT) throw new Error('not sealed by this store');
      const key = await storeKey.load();
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + IV_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

function protectionOf(storeKey: StoreKey, backend: string | null): SecretProtection {
  return {
    async status() {
      return { kind: await storeKey.kind(), backend, isLocked: await storeKey.isLocked() };
    },
    unlock: (passphrase) => storeKey.unlock(passphrase),
    async lock() {
      if ((await storeKey.kind()) !== 'passphrase') throw new AppError('VAULT_NOT_PROTECTED');
      storeKey.forget();
    },
    protect: (passphrase) => storeKey.protect(passphrase),
    unprotect: () => storeKey.unprotect(),
  };
}
