import { AppError } from '#core/app-error.ts';
import type { SecretStore } from '#core/ports.ts';

import type { FileSecretStore } from './file-secret-store.ts';

/** What Electron's `safeStorage` has for this, by shape: only the desktop host knows Electron. */
export type SafeStorage = {
  getSelectedStorageBackend(): string;
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string }>;
};

export type KeychainDeps = {
  readonly safeStorage: SafeStorage;
  readonly platform: NodeJS.Platform;
  /**
   * Takes over where the system has no keychain, whose name it then gets; also opens what a host without one has sealed.
   */
  readonly fallback: (missing: { readonly backend: string } | null) => FileSecretStore;
};

/** First byte of everything sealed here; the file store of the other hosts writes 1. */
const FORMAT = 2;

/** Secrets sealed by the system's keychain where it has a real one, else by the file store, which says so. */
export async function createKeychainSecretStore({
  safeStorage,
  platform,
  fallback,
}: KeychainDeps): Promise<SecretStore> {
  const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : platform;
  if (!(await hasKeychain(safeStorage, platform))) return fallback({ backend });
  const files = fallback(null);
  return {
    kind: 'keychain',
    protection: {
      async status() {
        // Locked only when a host without a keychain has put keys here under a passphrase.
        const { isLocked } = await files.protection.status();
        return { kind: 'keychain', backend, isLocked };
      },
      unlock: (passphrase) => files.protection.unlock(passphrase),
      lock: () => files.protection.lock(),
      protect: () => Promise.reject(new AppError('NOT_AVAILABLE_HERE', { what: 'passphrase' })),
      unprotect: () => Promise.reject(new AppError('NOT_AVAILABLE_HERE', { what: 'passphrase' })),
    },
    async seal(plain) {
      const sealed = await safeStorage.encryptStringAsync(Buffer.from(plain).toString('base64'));
      return Buffer.concat([Buffer.of(FORMAT), sealed]);
    },
    async open(sealed) {
      if (sealed[0] !== FORMAT) return await files.open(sealed);
      const { result } = await safeStorage.decryptStringAsync(Buffer.from(sealed.subarray(1)));
      return Buffer.from(result, 'base64');
    },
  };
}

async function hasKeychain(safeStorage: SafeStorage, platform: NodeJS.Platform): Promise<boolean> {
  // Without a keyring, Chromium on Linux "encrypts" with a password that is in its source.
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return false;
  try {
    return await safeStorage.isAsyncEncryptionAvailable();
  } catch {
    return false;
  }
}
