import { describe, expect, it } from 'vitest';

import type { SecretProtection } from '#core/ports.ts';

import type { FileSecretStore } from './file-secret-store.ts';
import { createKeychainSecretStore, type SafeStorage } from './keychain-secret-store.ts';

describe('createKeychainSecretStore', () => {
  const protection = (backend: string | null): SecretProtection => ({
    status: () => Promise.resolve({ kind: 'file', backend, isLocked: false }),
    unlock: () => Promise.resolve(),
    lock: () => Promise.resolve(),
    protect: () => Promise.resolve(),
    unprotect: () => Promise.resolve(),
  });
  const file: Omit<FileSecretStore, 'protection'> = {
    kind: 'file',
    seal: (plain) => Promise.resolve(Buffer.concat([Buffer.of(1), plain])),
    open: (sealed) => Promise.resolve(sealed.subarray(1)),
  };
  const fallback = (missing: { readonly backend: string } | null): FileSecretStore => ({
    ...file,
    protection: protection(missing?.backend ?? null),
  });
  const safeStorage = (backend: string, isAvailable: boolean): SafeStorage => ({
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => (isAvailable ? Promise.resolve(true) : Promise.reject(new Error('locked'))),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text.split('').toReversed().join(''))),
    decryptStringAsync: (sealed: Buffer) =>
      Promise.resolve({ result: sealed.toString().split('').toReversed().join('') }),
  });

  it('seals with the keychain and opens what it sealed, any bytes', async () => {
    const store = await createKeychainSecretStore({
      safeStorage: safeStorage('kwallet6', true),
      platform: 'linux',
      fallback,
    });
    const secret = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(store.kind).toBe('keychain');
    expect(await store.protection?.status()).toEqual({ kind: 'keychain', backend: 'kwallet6', isLocked: false });
    await expect(store.protection?.protect('a long passphrase')).rejects.toMatchObject({ code: 'NOT_AVAILABLE_HERE' });
    expect(new Uint8Array(await store.open(await store.seal(secret)))).toEqual(secret);
  });

  it('opens what a host without a keychain has sealed', async () => {
    const store = await createKeychainSecretStore({
      safeStorage: safeStorage('', true),
      platform: 'darwin',
      fallback,
    });
    expect(Buffer.from(await store.open(await file.seal(Buffer.from('old')))).toString()).toBe('old');
  });

  it.each([
    ['basic_text', 'linux', true],
    ['unknown', 'linux', true],
    ['gnome_libsecret', 'linux', false],
    ['', 'win32', false],
  ] as const)(
    'takes %s on %s (available: %s) for no keychain, and says so by its kind',
    async (backend, platform, is) => {
      const store = await createKeychainSecretStore({
        safeStorage: safeStorage(backend, is),
        platform,
        fallback,
      });
      expect(store.kind).toBe('file');
      expect((await store.protection?.status())?.backend).toBe(platform === 'linux' ? backend : platform);
    },
  );
});
